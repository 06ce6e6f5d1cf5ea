import base64
import io

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .member_common import MemberCommon


@tagged("post_install", "-at_install")
class TestMemberImport(MemberCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.vietnam
        cls.customer.write({"phone": "0903 111 222", "ref": "KH-1"})
        cls.other_customer = cls.env["res.partner"].create(
            {"name": "Bình", "email": "binh@example.com", "ref": "KH-2"}
        )

    def _import(self, text="", **vals):
        return (
            self.env["crm.member.import"]
            .with_user(self.manager)
            .create({"text": text, **vals})
        )

    def _points(self, partner):
        return partner.member_card_id.points

    def test_rows_by_phone_mail_and_reference(self):
        wizard = self._import(
            "Số điện thoại;E-mail;Điểm;Hạn dùng\n"
            "0903111222;;1.250;31/12/2099\n"
            ";binh@example.com;20;\n"
        )
        wizard.action_read()
        self.assertEqual(wizard.line_ids.mapped("state"), ["new", "new"])
        self.assertFalse(self.customer.member_card_id)
        wizard.action_import()
        self.assertEqual(self._points(self.customer), 1250)
        self.assertEqual(self._points(self.other_customer), 20)
        line = self.history(self.customer.member_card_id, "opening")
        self.assertEqual(str(line.expiry_date), "2099-12-31")

    def test_no_points_need_no_last_day(self):
        self._import("ref;points;valid until\nKH-1;0;31/12/2099\n").action_import()
        line = self.history(self.customer.member_card_id, "opening")
        self.assertEqual(line.issued, 0)
        self.assertFalse(line.expiry_date)

    def test_card_number_and_day_are_taken_over(self):
        self._import(
            "Ref,Card number,Points,Member since\nKH-1,OLD-77,5,01/02/2020\n"
        ).action_import()
        card = self.customer.member_card_id
        self.assertEqual(card.code, "OLD-77")
        self.assertEqual(str(card.member_since), "2020-02-01")
        again = self._import("Card number,Points\nOLD-77,9\n")
        again.action_import()
        self.assertEqual(card.points, 9)

    def test_the_same_again_changes_nothing(self):
        text = "ref\tpoints\nKH-1\t100\n"
        self._import(text).action_import()
        card = self.customer.member_card_id
        wizard = self._import(text)
        wizard.action_read()
        self.assertEqual(wizard.line_ids.state, "known")
        wizard.action_import()
        self.assertEqual(card.points, 100)
        self.assertEqual(len(card.history_ids), 1)

    def test_another_figure_replaces_the_first(self):
        self._import("ref\tpoints\nKH-1\t100\n").action_import()
        card = self.customer.member_card_id
        self.book(card, used=30)
        wizard = self._import("ref\tpoints\nKH-1\t80\n")
        wizard.action_read()
        self.assertEqual(wizard.line_ids.state, "changed")
        wizard.action_import()
        self.assertEqual(card.points, 50)

    def test_another_last_day_replaces_the_first(self):
        title = "ref\tpoints\tvalid until\n"
        self._import(title + "KH-1\t100\t31/12/2098\n").action_import()
        card = self.customer.member_card_id
        self.book(card, used=30)
        wizard = self._import(title + "KH-1\t100\t31/12/2099\n")
        wizard.action_read()
        self.assertEqual(wizard.line_ids.state, "changed")
        self.assertIn("12/31/2098", wizard.line_ids.message)
        wizard.action_import()
        line = self.history(card, "opening")
        self.assertEqual(str(line.expiry_date), "2099-12-31")
        self.assertEqual(card.points, 70)
        for text in (title + "KH-1\t100\t31/12/2099\n", "ref\tpoints\nKH-1\t100\n"):
            wizard = self._import(text)
            wizard.action_read()
            self.assertEqual(wizard.line_ids.state, "known")

    def test_another_first_day_leaves_the_balance(self):
        title = "ref\tpoints\tmember since\n"
        self._import(title + "KH-1\t100\t01/02/2020\n").action_import()
        card = self.customer.member_card_id
        line = self.history(card, "opening")
        line.sudo().expiry_date = "2099-05-05"
        wizard = self._import(title + "KH-1\t100\t01/03/2019\n")
        wizard.action_read()
        self.assertEqual(wizard.line_ids.state, "changed")
        self.assertIn("02/01/2020", wizard.line_ids.message)
        wizard.action_import()
        self.assertEqual(str(card.member_since), "2019-03-01")
        self.assertEqual(self.history(card, "opening"), line)
        self.assertEqual(str(line.expiry_date), "2099-05-05")
        self.assertEqual(card.points, 100)

    def test_first_day_of_a_card_without_a_balance(self):
        card = self.make_card()
        self._import("ref\tpoints\tmember since\nKH-1\t5\t01/03/2019\n").action_import()
        self.assertEqual(str(card.member_since), "2019-03-01")
        self.assertEqual(card.points, 5)

    def test_one_row_in_error_and_nothing_is_written(self):
        wizard = self._import(
            "ref\tpoints\tvalid until\n"
            "KH-1\t100\t\n"
            "KH-9\t100\t\n"
            "KH-2\tmany\t\n"
            "KH-2\t5\t31/31/2030\n"
            "KH-2\t5\t31/12/2001\n"
            "\t5\t\n"
            "KH-1\t7\t\n"
            "KH-2\t-4\t\n"
            "KH-2\tnan\t\n"
            "KH-2\tinf\t\n"
        )
        wizard.action_read()
        self.assertEqual(wizard.error_count, 9)
        messages = dict(
            zip(wizard.line_ids.mapped("row"), wizard.line_ids, strict=True)
        )
        for row, text in {
            3: "Create the customer first",
            4: "not a number",
            5: "not a date",
            6: "no longer valid",
            7: "names no customer",
            8: "as in row 2",
            9: "not a number",
            10: "not a number",
            11: "not a number",
        }.items():
            self.assertIn(text, messages[row].message)
        with self.assertRaisesRegex(UserError, "row 3"):
            wizard.action_import()
        self.assertFalse(self.customer.member_card_id)

    def test_several_customers_with_one_phone(self):
        self.other_customer.phone = "0903111222"
        wizard = self._import("phone\tpoints\n0903111222\t5\n")
        wizard.action_read()
        self.assertIn("Several customers", wizard.line_ids.message)

    def test_balance_goes_to_the_member_card(self):
        self.program.is_membership = False
        first, second = self.env["loyalty.card"].create(
            [
                {"program_id": self.program.id, "partner_id": self.customer.id}
                for __ in range(2)
            ]
        )
        first.points = 7
        self.program.is_membership = True
        self._import("ref\tpoints\nKH-1\t5\n").action_import()
        self.assertEqual((first.points, second.points), (12, 0))
        wizard = self._import(f"card\tpoints\n{second.code}\t5\n")
        wizard.action_read()
        self.assertIn(f"{first.code} already", wizard.line_ids.message)

    def test_card_of_somebody_else(self):
        self._import("ref\tcard\tpoints\nKH-1\tA1\t5\n").action_import()
        wizard = self._import("ref\tcard\tpoints\nKH-2\tA1\t5\nKH-1\tA2\t5\n")
        wizard.action_read()
        self.assertIn("somebody else", wizard.line_ids[0].message)
        self.assertIn("A1 already", wizard.line_ids[1].message)

    def test_card_in_the_archive(self):
        self._import("ref\tcard\tpoints\nKH-1\tA1\t5\n").action_import()
        self.customer.member_card_id.active = False
        self.env.invalidate_all()
        wizard = self._import("ref\tcard\tpoints\nKH-1\tA1\t5\nKH-2\tA1\t5\n")
        wizard.action_read()
        self.assertIn("in the archive", wizard.line_ids[0].message)
        with self.assertRaisesRegex(UserError, "in the archive"):
            wizard.action_import()
        wizard = self._import("ref\tcard\tpoints\nKH-1\tA1\t5\n")
        with self.assertRaisesRegex(UserError, "in the archive"):
            wizard.action_import()

    def test_spreadsheet(self):
        book = openpyxl.Workbook()
        book.active.append(["Mã khách hàng", "Điểm"])
        book.active.append(["KH-1", 75])
        stream = io.BytesIO()
        book.save(stream)
        content = base64.b64encode(stream.getvalue())
        self._import(file=content, filename="members.xlsx").action_import()
        self.assertEqual(self._points(self.customer), 75)

    def test_what_cannot_be_read_says_so(self):
        for wizard in (
            self._import(""),
            self._import("a\tb\n1\t2\n"),
            self._import(file=base64.b64encode(b"PK\x03\x04broken")),
            self._import(file=base64.b64encode(b"\xff\xfe\x00points")),
        ):
            with self.assertRaises(UserError):
                wizard.action_read()

    def test_salesperson_imports_nothing(self):
        with self.assertRaises(AccessError):
            self.env["crm.member.import"].with_user(self.seller).create({"text": "x"})

    def test_queries_do_not_grow_with_rows(self):
        def count(number):
            self.env["res.partner"].create(
                [{"name": f"C{n}", "ref": f"R{number}-{n}"} for n in range(number)]
            )
            rows = "".join(f"R{number}-{n}\tN{n}\t{n}\n" for n in range(number))
            wizard = self._import("ref\tcard\tpoints\n" + rows)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard._judge(wizard._read_rows())
            return self.env.cr.sql_log_count - before

        count(2)
        self.assertEqual(count(5), count(150))
