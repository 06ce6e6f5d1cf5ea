import unicodedata
from datetime import datetime

from odoo.tests import BaseCase, tagged

from ..services import columns, rows
from ..services.columns import LeadRow, map_row, map_rows, match_columns
from ..services.rows import classify, count_states
from ..services.table import Table, read_table
from .common import check_doctests

VIETNAMESE = {
    "Mã lead": "external_ref",
    "Ngày tạo": "created_time",
    "ID quảng cáo": "ad_ref",
    "Tên quảng cáo": "ad_name",
    "Tên nhóm quảng cáo": "adset_name",
    "ID chiến dịch": "campaign_ref",
    "Tên chiến dịch": "campaign_name",
    "Tên biểu mẫu": "form_name",
    "Nền tảng": "platform",
    "Họ và tên": "name",
    "Số điện thoại": "phone",
    "Địa chỉ email": "email",
    "Tỉnh/Thành phố": "province",
    "Sản phẩm": "product",
    "Ghi chú": "note",
}
ENGLISH = {
    "id": "external_ref",
    "created_time": "created_time",
    "ad_id": "ad_ref",
    "Ad name": "ad_name",
    "Ad set name": "adset_name",
    "campaign_id": "campaign_ref",
    "Campaign name": "campaign_name",
    "form_name": "form_name",
    "platform": "platform",
    "is_organic": "is_organic",
    "full_name": "name",
    "phone_number": "phone",
    "E-mail": "email",
    "City": "province",
    "Product": "product",
    "Notes": "note",
}


def rows_of(header, *cells):
    """The rows of a table with these titles and cells."""
    return map_rows(Table(tuple(header), tuple(enumerate(cells, 1))))


@tagged("post_install", "-at_install")
class TestServicesColumns(BaseCase):
    """Columns by their titles, rows as persons, and who stood there before (002.19)."""

    def test_doctests(self):
        check_doctests(self, columns, rows)

    def test_titles_in_both_languages(self):
        for titles in (VIETNAMESE, ENGLISH):
            expected = {name: index for index, name in enumerate(titles.values())}
            for spell in (
                str,
                str.upper,
                lambda title: unicodedata.normalize("NFD", title),
                lambda title: f" {title.replace(' ', '_')}: ",
            ):
                self.assertEqual(match_columns([spell(t) for t in titles]), expected)

    def test_every_alias_means_one_thing(self):
        aliases = [a for names in columns.ALIASES.values() for a in names.split("|")]
        keys = {columns.alias_key(alias) for alias in aliases}
        self.assertEqual(len(keys), len(columns._FIELD_BY_ALIAS))
        for name, names in columns.ALIASES.items():
            for alias in names.split("|"):
                self.assertEqual(match_columns([alias]), {name: 0})

    def test_sentences_of_forms(self):
        header = ["Bạn vui lòng để lại số điện thoại", "Họ và tên anh/chị?", "Da bạn?"]
        self.assertEqual(match_columns(header), {"phone": 0, "name": 1})

    def test_marks_are_taken_off(self):
        row = rows_of(
            ("id", "ad_id", "campaign_id", "phone_number", "full_name"),
            ("l:1", "ag:2", "c:3", "p:+84901234567", "c: Hoa"),
        )[0]
        found = (row.external_ref, row.ad_ref, row.campaign_ref, row.phones, row.name)
        self.assertEqual(found, ("1", "2", "3", ("+84901234567",), "c: Hoa"))

    def test_rounded_ids_are_none(self):
        row = rows_of(("id", "ad_id"), ("7.65608E+15", "1.20210283479452E+17"))[0]
        self.assertEqual((row.external_ref, row.ad_ref), (None, None))

    def test_names_in_parts(self):
        header = ("last_name", "first_name", "phone")
        self.assertEqual(rows_of(header, ("Nguyễn", "Hoa", ""))[0].name, "Nguyễn Hoa")
        self.assertEqual(rows_of(("Họ", "Tên"), ("Lê", "An"))[0].name, "Lê An")
        self.assertIsNone(rows_of(header, ("", " ", ""))[0].name)

    def test_unknown_columns_are_questions_in_the_note(self):
        row = rows_of(
            ("SĐT", "Ghi chú", "da_bạn?", "Link", "Trống", ""),
            ("0901234567 gọi tối", "vip", "da_dầu,_mụn", "http://a_b.example", "", "x"),
        )[0]
        lines = [
            "vip",
            "da bạn?: da dầu, mụn",
            "Link: http://a_b.example",
            "x",
            "gọi tối",
        ]
        self.assertEqual(row.note.split("\n"), lines)

    def test_raw_keeps_every_cell_in_its_order(self):
        row = rows_of(("a", "a", "", ""), ("1", "2", "'3", ""))[0]
        self.assertEqual(list(row.raw.values()), ["1", "2", "'3", ""])

    def test_two_phone_columns_are_one_person(self):
        header = ("SĐT", "SĐT 2")
        row = rows_of(header, ("0901234567", "0912345678 (chồng)"))[0]
        self.assertEqual(row.phones, ("+84901234567", "+84912345678"))
        self.assertEqual(row.note, "chồng")
        self.assertEqual(rows_of(header, ("", "0912345678"))[0].reason, None)

    def test_email_stands_in_for_a_phone_that_is_not_given(self):
        header = ("phone", "email")
        given = rows_of(
            header, ("", "A@b.example"), ("p:", "a@b.example"), ("x", "a@b.vn")
        )
        self.assertEqual(
            [row.reason for row in given], [None, "phone_missing", "phone_not_a_number"]
        )
        self.assertEqual(given[0].email, "a@b.example")
        self.assertIsNone(rows_of(("name", "email"), ("Lan", "a@b.vn"))[0].reason)

    def test_test_leads(self):
        header = ("full_name", "phone_number", "email")
        for cells in (
            ("<test lead: dummy data for full_name>", "0901234567", ""),
            ("Lan", "p:<test lead: dummy data for phone_number>", ""),
            ("Lan", "0901234567", "test@meta.com"),
        ):
            row = rows_of(header, cells)[0]
            self.assertTrue(row.is_test)
            self.assertEqual(row.reason, "test_lead")

    def test_days_without_year_take_the_year_of_the_others(self):
        header = ("Ngày", "SĐT")
        found = rows_of(header, ("05/10/2024", ""), ("1/10", ""), ("32/10", ""))
        self.assertEqual(found[1].created_time, datetime(2024, 9, 30, 17))
        self.assertIsNone(found[2].created_time)

    def test_one_row_alone(self):
        table = read_table(b"name,phone\nLan,0901234567\nHoa,0912345678\n")
        row = map_row(table, match_columns(table.header), 1)
        self.assertEqual((row.row_number, row.name), (2, "Hoa"))

    def test_a_refused_row_does_not_claim_its_lead_id(self):
        found = classify(
            [
                LeadRow(1, reason="phone_missing", external_ref="a"),
                LeadRow(2, phones=("+84901234567",), external_ref="a"),
                LeadRow(3, phones=("+84912345678",), external_ref="a"),
            ]
        )
        self.assertEqual([row.state for row in found], ["invalid", "new", "repeated"])

    def test_duplicates_lead_to_the_first_row_of_the_person(self):
        found = classify(
            [
                LeadRow(1, phones=("+84901234567",), email="a@b.vn"),
                LeadRow(2, phones=("+84901234567", "+84912345678")),
                LeadRow(3, phones=("+84912345678",)),
                LeadRow(4, email="a@b.vn"),
                LeadRow(5, phones=("+84933333333",), email="a@b.vn"),
            ]
        )
        self.assertEqual([row.duplicate_of for row in found], [None, 1, 1, 1, None])
        self.assertEqual(
            count_states(found),
            {"total": 5, "valid": 2, "duplicates": 3, "invalid": 0},
        )
