from odoo.fields import Command
from odoo.tests import tagged

from .member_common import MemberCommon


@tagged("post_install", "-at_install")
class TestMemberCredit(MemberCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.make_card()
        cls.product.invoice_policy = "order"
        cls.order = cls.make_order(
            cls.customer,
            3000000,
            order_line=[
                Command.create(
                    {
                        "product_id": cls.product.id,
                        "product_uom_qty": 3,
                        "price_unit": 1000000,
                        "tax_ids": False,
                    }
                )
            ],
        )
        cls.given = cls.card.points
        cls.invoice = cls.order._create_invoices()
        cls.invoice.action_post()

    def _credit(self, quantity, post=True):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=self.invoice.ids)
            .create({"journal_id": self.invoice.journal_id.id})
        )
        refund = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        refund.invoice_line_ids.quantity = quantity
        if post:
            refund.action_post()
        return refund

    def test_points_go_back_in_proportion(self):
        self.assertEqual(self.given, 30)
        refund = self._credit(1)
        self.assertEqual(self.card.points, 20)
        line = self.history(self.card, "credit")
        self.assertEqual(line.used, 10)
        self.assertIn(refund.name, line.description)
        self.assertIn(self.order.name, line.description)

    def test_parts_add_up_to_the_whole_and_never_more(self):
        self.card.history_ids.sudo().issued = 10
        self.card.sudo().points = 10
        for __ in range(3):
            self._credit(1)
        self.assertEqual(self.card.points, 0)
        self.assertEqual(
            sorted(self.history(self.card, "credit").mapped("used")), [3.33, 3.33, 3.34]
        )
        self._credit(3)
        self.assertEqual(self.card.points, 0)

    def test_draft_credit_note_does_nothing(self):
        self._credit(1, post=False)
        self.assertEqual(self.card.points, 30)

    def test_once_per_credit_note_and_undone_when_cancelled(self):
        refund = self._credit(1)
        refund.button_draft()
        self.assertEqual(self.card.points, 30)
        self.assertFalse(self.history(self.card, "credit"))
        refund.action_post()
        self.assertEqual(self.card.points, 20)
        refund.button_cancel()
        self.assertEqual(self.card.points, 30)
        self.assertFalse(self.history(self.card, "credit"))

    def test_used_points_come_back(self):
        order = self.make_quotation(self.customer, 2000000)
        order._update_programs_and_rewards()
        order._apply_program_reward(self.program.reward_ids, self.card)
        order.action_confirm()
        line = self.card.history_ids.sorted("id")[-1]
        self.assertGreater(line.used, 0)
        before = self.card.points
        self.invoice = order._create_invoices()
        self.invoice.action_post()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=self.invoice.ids)
            .create({"journal_id": self.invoice.journal_id.id})
        )
        refund = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        refund.action_post()
        self.assertAlmostEqual(self.card.points, before + line.used - line.issued)

    def test_expired_points_are_not_taken_twice(self):
        line = self.card.history_ids
        line.sudo().expiry_date = "2020-01-01"
        self.run_cron()
        self.assertEqual(self.card.points, 0)
        self._credit(3)
        self.assertEqual(self.card.points, 0)

    def test_cancelling_the_order_undoes_its_credit_notes(self):
        refund = self._credit(1)
        self.assertEqual(self.card.points, 20)
        self.order._action_cancel()
        self.assertEqual(self.card.points, 0)
        self.assertFalse(self.card.history_ids)
        refund.button_draft()
        self.assertEqual(self.card.points, 0)

    def test_other_credit_notes_touch_no_points(self):
        move = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": self.product.id, "price_unit": 1000000}
                    )
                ],
            }
        )
        move.action_post()
        self.assertEqual(move.state, "posted")
        self.assertEqual(self.card.points, 30)

    def test_queries_do_not_grow_with_credit_notes(self):
        def spend(number):
            refunds = self.env["account.move"]
            for __ in range(number):
                refunds |= self._credit(0.01, post=False)
            refunds.action_post()
            self.env.flush_all()
            refunds._undo_points_taken_back()
            self.env.flush_all()
            self.env.invalidate_all()
            for refund in refunds:
                refund.invoice_line_ids.mapped("price_total")
            before = self.env.cr.sql_log_count
            refunds._take_points_back()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self.assertLessEqual(abs(spend(8) - spend(2)), 2)
