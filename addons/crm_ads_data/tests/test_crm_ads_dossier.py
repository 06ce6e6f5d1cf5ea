from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AdsDataCommon


@tagged("post_install", "-at_install")
class TestCrmAdsDossier(AdsDataCommon):
    """Everything about one person by phone, under the reader's rights (002.32)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.data = cls._create_data(phone="0905111222", name="Hoa", note="asks price")
        cls.data.action_transfer()
        cls.lead = cls.data.lead_id
        cls.lead.with_user(cls.lan).message_post(
            body="called, wants two", message_type="comment"
        )
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.env["res.partner"]
                .create({"name": "Hoa", "phone": "+84905111222"})
                .id,
                "opportunity_id": cls.lead.id,
                "user_id": cls.lan.id,
                "order_line": [
                    Command.create({"product_id": cls.product.id, "product_uom_qty": 2})
                ],
            }
        )
        cls.order.action_confirm()

    def _open(self, user, phone="0905 111.222"):
        dossier = self.env["crm.ads.dossier"].with_user(user).create({"phone": phone})
        dossier.action_search()
        return dossier

    def _kinds(self, dossier):
        return set(dossier.line_ids.mapped("kind"))

    def test_manager_sees_all_in_one_list(self):
        dossier = self._open(self.quan)
        self.assertEqual(dossier.name, "Hoa")
        self.assertEqual(self._kinds(dossier), {"data", "lead", "order", "message"})
        self.assertEqual((dossier.order_count, dossier.order_amount), (1, 200.0))
        dates = dossier.line_ids.mapped("date")
        self.assertEqual(dates, sorted(dates, reverse=True))
        [line] = dossier.line_ids.filtered(lambda one: one.kind == "order")
        action = line.action_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("sale.order", self.order.id)
        )

    def test_marketer_sees_data_and_amounts_but_no_lead(self):
        dossier = self._open(self.mai)
        self.assertEqual(self._kinds(dossier), {"data", "order"})
        self.assertEqual(dossier.order_amount, 200.0)
        [line] = dossier.line_ids.filtered(lambda one: one.kind == "order")
        self.assertFalse(line.res_model, "there is no way to the order itself")
        self.assertNotIn("wants two", str(dossier.line_ids.mapped("text")))

    def test_other_marketer_sees_nothing(self):
        dossier = self._open(self.bao)
        self.assertFalse(dossier.line_ids or dossier.name or dossier.known_text)

    def test_salesperson_sees_own_people(self):
        self.assertEqual(
            self._kinds(self._open(self.lan)), {"data", "lead", "order", "message"}
        )
        self.assertFalse(self._open(self.hung).line_ids)

    def test_nobodys_data_is_hidden_from_salespeople(self):
        self._create_data(phone="0905333444", name="Waiting")
        self.assertFalse(self._open(self.lan, "0905333444").line_ids)

    def test_from_the_data(self):
        action = self.data.with_user(self.mai).action_open_dossier()
        dossier = self.env["crm.ads.dossier"].browse(action["res_id"])
        self.assertEqual(dossier.data_count, 1)

    def test_no_number(self):
        with self.assertRaisesRegex(UserError, "no phone number"):
            self._open(self.mai, "hello")
