import base64

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AdsDataCommon

UNKNOWN = "Khách,Alo cho em,Thích gì\nLan,0905000001,màu đỏ\nHoa,0905000002,màu xanh\n"


@tagged("post_install", "-at_install")
class TestCrmAdsImportColumns(AdsDataCommon):
    """What the columns of a file hold: found, put right by hand, remembered (N10)."""

    def _load(self, text, **values):
        record = (
            self.env["crm.ads.import"]
            .with_user(self.mai)
            .create(
                {
                    "file": base64.b64encode(text.encode()),
                    "filename": "list.csv",
                    "account_id": self.account.id,
                    **values,
                }
            )
        )
        record.action_preview()
        return record

    def _choose(self, record, title, field_name):
        """As the form saves it."""
        column = record.column_ids.filtered(lambda column: column.title == title)
        record.write(
            {"column_ids": [Command.update(column.id, {"field_name": field_name})]}
        )

    def test_every_column_stands_with_its_first_values(self):
        record = self._load("full_name,phone_number,màu\nLan,0905000001,đỏ\n,,\n")
        self.assertEqual(
            [(c.title, c.field_name, c.sample) for c in record.column_ids],
            [
                ("full_name", "name", "Lan"),
                ("phone_number", "phone", "0905000001"),
                ("màu", "note", "đỏ"),
            ],
        )

    def test_unknown_phone_title_is_put_right_by_hand_and_known_next_time(self):
        record = self._load(UNKNOWN)
        self.assertEqual(record.error_count, 2)
        self._choose(record, "Alo cho em", "phone")
        self.assertTrue(record.needs_reading)
        with self.assertRaisesRegex(UserError, "Read Again"):
            record.action_start()
        record.action_preview()
        self.assertFalse(record.needs_reading)
        self.assertEqual(record.error_count, 0)
        self.assertEqual(
            record.line_ids.mapped("phone"), ["+84905000001", "+84905000002"]
        )
        self.assertEqual(record.line_ids[0].note, "Thích gì: màu đỏ")
        self._run_import(record)
        self.assertEqual(record.done_count, 2)

        later = self._load("ALO CHO EM:,Khách\n0905000003,Mai\n")
        self.assertEqual(later.column_ids.mapped("field_name"), ["phone", "name"])
        self.assertEqual(later.column_ids.mapped("is_manual"), [True, False])
        self._run_import(later)
        self.assertEqual(later.line_ids.data_id.phone_key, "+84905000003")

    def test_choice_is_of_the_account_alone(self):
        record = self._load(UNKNOWN)
        self._choose(record, "Alo cho em", "phone")
        record.action_preview()
        other = self.env["crm.ads.account"].create(
            {"name": "Other", "user_id": self.mai.id, "is_running": True}
        )
        self.assertEqual(self._load(UNKNOWN, account_id=other.id).error_count, 2)

    def test_last_choice_holds_and_comes_before_the_title(self):
        text = "full_name,phone_number,zalo_no\nLan,0905000001,0905000009\n"
        record = self._load(text)
        self._choose(record, "zalo_no", "phone")
        self._choose(record, "phone_number", "ignore")
        record.action_preview()
        self.assertEqual(record.line_ids.phone, "+84905000009")
        self.assertFalse(record.line_ids.phone2 or record.line_ids.note)
        self._choose(record, "phone_number", "phone2")
        record.action_preview()
        self.assertEqual(record.line_ids.phone2, "+84905000001")
        self.assertEqual(self._load(text).line_ids.phone2, "+84905000001")

    def test_two_columns_of_phones_are_two_phones(self):
        record = self._load("Tên,Alo,Alo nữa\nLan,0905000001,0905000002\n")
        self._choose(record, "Alo", "phone")
        self._choose(record, "Alo nữa", "phone")
        record.action_preview()
        line = record.line_ids
        self.assertEqual((line.phone, line.phone2), ("+84905000001", "+84905000002"))

    def test_two_columns_of_the_same_are_refused(self):
        record = self._load("Tên,Biệt danh,SĐT\nLan,Bé,0905000001\n")
        self._choose(record, "Biệt danh", "email")
        self._choose(record, "Tên", "email")
        with self.assertRaisesRegex(UserError, "Tên and Biệt danh"):
            record.action_preview()

    def test_column_without_title_is_known_in_the_same_header(self):
        record = self._load("Khách,,Ghi chú\nLan,0905000001,x\n")
        record.column_ids[1].field_name = "phone"
        record.action_preview()
        again = self._load("Khách,,Ghi chú\nHoa,0905000002,y\n")
        self.assertEqual(again.line_ids.phone, "+84905000002")
        self.assertEqual(self._load("Tên,,Note\nHoa,0905000003,y\n").error_count, 1)

    def test_product_stays_readable_in_the_note(self):
        record = self._load("Tên,SĐT,Sản phẩm\nLan,0905000001,Serum B5\n")
        self.assertEqual(record.line_ids.note, "Sản phẩm: Serum B5")

    def test_columns_of_others_and_what_they_are_is_out_of_reach(self):
        record = self._load(UNKNOWN)
        column = record.column_ids[0]
        with self.assertRaises(AccessError):
            column.with_user(self.bao).field_name = "phone"
        with self.assertRaises(AccessError):
            column.with_user(self.bao).read(["title"])
        with self.assertRaises(AccessError):
            column.with_user(self.lan).read(["title"])
        with self.assertRaises(AccessError):
            column.with_user(self.mai).title = "Phone"
        with self.assertRaises(AccessError):
            column.with_user(self.mai).unlink()
        with self.assertRaises(UserError):
            column.with_user(self.mai).field_name = "spend"
        self._choose(record, "Alo cho em", "phone")
        record.action_preview()
        mapping = self.env["crm.ads.import.mapping"].search(
            [("account_id", "=", self.account.id)]
        )
        self.assertEqual(mapping.with_user(self.mai).field_name, "phone")
        self.assertFalse(
            mapping.with_user(self.bao).search([("id", "in", mapping.ids)])
        )
        with self.assertRaises(AccessError):
            mapping.with_user(self.mai).field_name = "email"

    def test_what_the_suite_decides_is_not_set_by_a_client(self):
        record = self._load(UNKNOWN)
        for fname, value in (("state", "done"), ("done_count", 5), ("header", ["x"])):
            with self.subTest(fname), self.assertRaises(AccessError):
                record.write({fname: value})
        with self.assertRaises(AccessError):
            record.create(
                {
                    "file": b"eA==",
                    "filename": "x.csv",
                    "account_id": self.account.id,
                    "state": "running",
                }
            )

    def test_changed_file_is_read_again_and_a_loaded_one_stays(self):
        record = self._load("Tên,SĐT\nLan,0905000001\n")
        record.file = base64.b64encode("Tên,SĐT\nHoa,0905000002\n".encode())
        with self.assertRaisesRegex(UserError, "Read Again"):
            record.action_start()
        record.action_preview()
        self._run_import(record)
        self.assertEqual(record.line_ids.data_id.name, "Hoa")
        with self.assertRaisesRegex(UserError, "already loaded"):
            record.column_ids[0].field_name = "note"
        with self.assertRaisesRegex(UserError, "already loaded"):
            record.kind = "insight"

    def test_queries_do_not_grow_with_the_rows(self):
        def preview(count):
            lines = "\n".join(f"P{i},0906{i:06d}" for i in range(count))
            record = self._load(f"Tên,SĐT\n{lines}\n")
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            record.action_preview()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        preview(5)
        self.assertLessEqual(preview(900), preview(5) + 1)
