from dataclasses import replace
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..services.connect.orders import OrderLine
from .common_connector_orders import ConnectorOrderCommon


@tagged("post_install", "-at_install")
class TestConnectorOrdersFollow(ConnectorOrderCommon):
    """Sale orders follow the platform; what people did stays."""

    def _tell_again(self, record, minutes, **values):
        order = self._tell(record.external_id, minutes, **values)
        self.assertEqual(self._store(order), record)
        return record.order_id

    def test_told_twice_changes_nothing(self):
        record = self._store(self._tell())
        sale = record.order_id
        before = (sale.write_date, record.write_date, len(sale.message_ids))
        self.assertEqual(self._store(self._tell(), self._tell()), record | record)
        self.assertEqual(record.order_id, sale)
        self.assertEqual(
            (sale.write_date, record.write_date, len(sale.message_ids)), before
        )
        self.assertEqual(self.env["sale.order"].search_count(self._of_shop()), 1)

    def _of_shop(self):
        return [("company_id", "=", self.company.id)]

    def test_out_of_order(self):
        told = [
            self._tell(minutes=20, state="cancelled", raw_state="63"),
            self._tell(minutes=0, state="new", raw_state="54"),
            self._tell(minutes=10),
        ]
        for order in told:
            record = self._store(order)
        self.assertEqual((record.state, record.order_id.state), ("cancelled", "cancel"))
        record = self._store(*(replace(order, external_id="2") for order in told))[:1]
        self.assertEqual((record.state, record.order_id.state), ("cancelled", "cancel"))

    def test_same_moment_does_not_take_back_what_is_final(self):
        record = self._store(self._tell(state="cancelled", raw_state="63"))
        self._tell_again(record, 0)
        self.assertEqual(record.state, "cancelled")
        # a later telling of what has not changed still moves the mark
        self._tell_again(record, 9, state="cancelled", raw_state="63")
        self._tell_again(record, 5)
        self.assertEqual(record.state, "cancelled")
        sale = self._tell_again(record, 10)
        self.assertEqual((record.state, sale.state), ("confirmed", "sale"))

    def test_from_quotation_to_done(self):
        record = self._store(self._tell(state="new", raw_state="54"))
        sale = record.order_id
        self.assertEqual(sale.state, "draft")
        self._tell_again(record, 1)
        self.assertEqual((sale.state, str(sale.date_order)), ("sale", str(record.date)))
        self._tell_again(record, 2, state="done", raw_state="60", paid="yes")
        self.assertEqual((record.state, record.paid), ("done", "yes"))
        self.assertEqual(sale.state, "sale")
        self.assertIn("Paid", sale.connector_summary)
        self.assertFalse(record.needs_attention)

    def test_returned(self):
        record = self._store(self._tell(state="done", raw_state="60"))
        self._tell_again(record, 1, state="returning", raw_state="71")
        self.assertEqual(record.order_id.state, "sale")
        self._tell_again(record, 2, state="returned", raw_state="72")
        self.assertEqual(record.order_id.state, "cancel")

    def test_return_told_apart_stays(self):
        """TikTok's orders stay COMPLETED: the return itself says that they are back."""
        shop = self._connect("tiktok")
        done = self._tell(state="done", raw_state="COMPLETED")
        record = self._store(done, shop=shop)
        self._store(replace(done, state="returned"), shop=shop)
        self.assertEqual(record.order_id.state, "cancel")
        later = self._tell(minutes=30, state="done", raw_state="COMPLETED", note="x")
        self._store(later, shop=shop)
        self.assertEqual((record.state, record.order_id.state), ("returned", "cancel"))

    def test_deleted_keeps_what_was_known(self):
        record = self._store(self._tell())
        sale = record.order_id
        gone = self._tell(
            state="deleted",
            raw_state="",
            lines=(),
            updated=None,
            created=None,
            customer=None,
            phone=None,
        )
        self.assertEqual(self._store(gone), record)
        self.assertEqual((record.state, sale.state), ("deleted", "cancel"))
        self.assertEqual((record.amount_total, sale.amount_total), (389000, 389000))
        buyer = sale.partner_id
        self.assertEqual((record.customer, record.phone), (buyer.name, buyer.phone))
        unheard = self._store(replace(gone, external_id="404"))
        self.assertEqual((unheard.state, unheard.order_id.id), ("deleted", False))

    def test_partly_returned_needs_a_person(self):
        record = self._store(self._tell(state="partial_return", raw_state="?"))
        self.assertEqual(record.order_id.state, "sale")
        self.assertTrue(record.needs_attention)
        self.assertIn("part of the goods", record.reason)
        record.with_user(self.thu).action_settle()
        self.assertFalse(record.needs_attention)

    # ------------------------------------------------------------
    # People's work
    # ------------------------------------------------------------

    def test_platform_changes_goods(self):
        record = self._store(self._tell(shipping=Decimal(30000)))
        sale = record.order_id
        serum = OrderLine("LX-SR30", "Serum 30ml", Decimal(3), Decimal(389000))
        cream = OrderLine("LX-KCN50", "Cream", Decimal(1), Decimal(259000))
        self._tell_again(record, 1, lines=(serum, cream), discount=Decimal(9000))
        self.assertEqual(sale.amount_total, 3 * 389000 + 259000 - 9000)
        self.assertEqual(record.amount_total, sale.amount_total)
        self.assertFalse(record.needs_attention)
        # what is gone from a confirmed order stays as a line of nothing
        nothing = sale.order_line.filtered(lambda line: not line.product_uom_qty)
        self.assertEqual(nothing.name, "Shipping fee")

    def test_hand_made_changes_stay(self):
        record = self._store(self._tell())
        sale = record.order_id
        sale.order_line.price_unit = 350000
        two = OrderLine("LX-SR30", "Serum 30ml", Decimal(2), Decimal(389000))
        self._tell_again(record, 1, lines=(two,))
        self.assertEqual(sale.amount_total, 350000)
        self.assertIn("compare the two", record.reason)
        record.action_settle()
        # only the state changes: nothing new to compare
        self._tell_again(record, 2, lines=(two,), state="done", raw_state="60")
        self.assertFalse(record.needs_attention)

    def test_locked_order_stays(self):
        record = self._store(self._tell())
        record.order_id.action_lock()
        two = OrderLine("LX-SR30", "Serum 30ml", Decimal(2), Decimal(389000))
        sale = self._tell_again(record, 1, lines=(two,))
        self.assertEqual(sale.amount_total, 389000)
        self.assertIn("compare the two", record.reason)

    def test_cancelled_by_hand_is_not_opened_again(self):
        record = self._store(self._tell())
        record.order_id._action_cancel()
        sale = self._tell_again(record, 1, state="shipping", raw_state="59")
        self.assertEqual(sale.state, "cancel")
        self.assertIn("taken back", record.reason)

    def test_deleted_by_hand_is_not_made_again(self):
        record = self._store(self._tell(state="new", raw_state="54"))
        record.order_id.unlink()
        self.assertFalse(self._tell_again(record, 1))
        self.assertIn("deleted here", record.reason)
        record.with_user(self.thu).action_apply()
        self.assertEqual(record.order_id.amount_total, 389000)
        self.assertEqual(record.order_id.state, "sale")
        self.assertFalse(record.needs_attention)

    def test_no_mail_to_buyers(self):
        partner = self.env["res.partner"].create(
            {"name": "Hoa", "email": "hoa@khach.example", "phone": "+84901234567"}
        )
        before = self.env["mail.mail"].search_count([])
        record = self._store(self._tell(email="hoa@khach.example"))
        self.assertEqual(record.partner_id, partner)
        self.assertEqual(record.order_id.state, "sale")
        self.env.flush_all()
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        self.assertNotIn(partner, record.order_id.message_partner_ids)

    def test_one_that_fails_stops_no_other(self):
        first = self._tell("1")
        bad = self._tell("2", phone="+84909999999")
        original = type(self.env["sale.order"])._action_confirm

        def refuse(sales):
            if "2" in sales.mapped("client_order_ref"):
                raise UserError(self.env._("No way"))
            return original(sales)

        self.patch(type(self.env["sale.order"]), "_action_confirm", refuse)
        good, failed = self._store(first, bad)
        self.assertEqual(good.order_id.state, "sale")
        self.assertFalse(good.needs_attention)
        self.assertFalse(failed.order_id)
        self.assertIn("No way", failed.reason)
        self.patch(type(self.env["sale.order"]), "_action_confirm", original)
        failed.action_apply()
        self.assertEqual(failed.order_id.state, "sale")
        self.assertFalse(failed.needs_attention)
