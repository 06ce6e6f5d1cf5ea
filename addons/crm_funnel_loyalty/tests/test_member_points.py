from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from ..models.membership.point_lots import PointLots
from .member_common import MemberCommon


@tagged("post_install", "-at_install")
class TestMemberPoints(MemberCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.make_card()
        cls.today = cls.card._get_today()

    def _day(self, days):
        return self.today + timedelta(days=days)

    def _run(self):
        self.run_cron()

    # Orders

    def test_an_order_of_a_member_gives_points_that_last(self):
        self.program.point_lifetime_months = 6
        self.make_order(self.customer, 6000000)
        self.assertEqual(self.card.points, 60)
        line = self.card.history_ids.sorted("id")[-1]
        self.assertEqual(line.issued, 60)
        self.assertTrue(self._day(180) <= line.expiry_date <= self._day(185))
        self.program.point_lifetime_months = 0
        self.make_order(self.customer, 1000000)
        self.assertFalse(self.card.history_ids.sorted("id")[-1].expiry_date)

    def test_who_is_no_member_collects_nothing_and_gets_no_card_of_core(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.program.rule_ids.reward_point_amount = 1
        order = self.make_quotation(stranger)
        order._update_programs_and_rewards()
        self.assertFalse(order.coupon_point_ids)
        self.assertFalse(
            self.env["loyalty.card"].search([("partner_id", "=", stranger.id)])
        )

    def test_contact_buys_with_the_card_of_the_company(self):
        company = self.env["res.partner"].create(
            {
                "name": "Spa",
                "is_company": True,
                "child_ids": [Command.create({"name": "Lan"})],
            }
        )
        card = self.make_card(company)
        contact = company.child_ids
        self.make_order(contact, 6000000)
        self.assertEqual(card.points, 60)
        self.assertFalse(
            self.env["loyalty.card"].search([("partner_id", "=", contact.id)])
        )
        order = self.make_quotation(contact, 1000000)
        order._update_programs_and_rewards()
        order._apply_program_reward(self.program.reward_ids, card)
        order._update_programs_and_rewards()
        self.assertEqual(len(order.order_line.filtered("is_reward_line")), 1)
        self.assertEqual(order.amount_untaxed, 1000000 - 70 * 1000 + 0)
        order.action_confirm()
        self.assertLess(card.points, 60)
        self.assertEqual(card.history_ids.sorted("id")[-1].order_id, order.id)
        order._action_cancel()
        self.assertEqual(card.points, 60)

    # Lots

    def test_used_points_are_the_oldest(self):
        self.book(self.card, issued=100, expiry_date=self._day(10))
        self.book(self.card, issued=50, expiry_date=self._day(5))
        self.book(self.card, issued=30, expiry_date=False)
        self.book(self.card, used=70)
        lots = PointLots(self.env).read_lots(self.card)
        self.assertEqual(
            [(lot["expiry_date"], lot["remaining"]) for lot in lots],
            [(self._day(10), 80)],
        )
        self.assertEqual(self.card.next_expiry_points, 80)
        self.assertEqual(self.card.next_expiry_date, self._day(10))

    def test_points_without_history_never_expire(self):
        self.card.sudo().points = 25
        self.book(self.card, issued=10, expiry_date=self._day(-1))
        self._run()
        self.assertEqual(self.card.points, 25)

    # Expiry

    def test_expiry_takes_what_is_left_of_the_oldest_once(self):
        self.book(self.card, issued=100, expiry_date=self._day(-1))
        self.book(self.card, issued=40, expiry_date=self._day(0))
        self.book(self.card, used=30)
        self._run()
        self.assertEqual(self.card.points, 40)
        line = self.history(self.card, "expiry")
        self.assertEqual(line.used, 70)
        self._run()
        self.assertEqual(self.card.points, 40)
        self.assertEqual(self.history(self.card, "expiry"), line)

    def test_expiry_is_told_in_the_language_of_the_company(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        self.company.partner_id.lang = "vi_VN"
        self.book(self.card, issued=100, expiry_date=self._day(-1))
        self._run()
        line = self.history(self.card, "expiry")
        self.assertEqual(line.description, f"Hết hạn ngày {self._day(-1):%d/%m/%Y}")

    def test_fully_used_points_leave_no_line_when_they_expire(self):
        self.book(self.card, issued=100, expiry_date=self._day(-1))
        self.book(self.card, used=100)
        self._run()
        self.assertFalse(self.history(self.card, "expiry"))
        self.assertEqual(self.card.points, 0)

    def test_lines_without_points_are_done_with_the_others(self):
        other = self.make_card(self.env["res.partner"].create({"name": "Other"}))
        for card in (self.card, other):
            self.book(card, issued=0, kind="opening", expiry_date=self._day(-1))
        self.book(self.card, issued=30, expiry_date=self._day(-1))
        self.book(self.card, issued=0, used=10, expiry_date=self._day(-2))
        self._run()
        self.assertEqual(self.card.points, 0)
        self.assertEqual(self.history(self.card, "expiry").used, 20)
        self.assertFalse(self.history(other, "expiry"))
        lines = (self.card | other).history_ids.filtered("expiry_date")
        self.assertTrue(all(lines.mapped("is_expiry_done")))

    def test_cancelled_order_does_not_take_expired_points_again(self):
        order = self.make_order(self.customer, 6000000)
        self.card.history_ids.sudo().expiry_date = self._day(-1)
        self._run()
        self.assertEqual(self.card.points, 0)
        order._action_cancel()
        self.assertEqual(self.card.points, 0)
        self.book(self.card, issued=10, expiry_date=self._day(-1))
        self._run()
        self.assertEqual(self.card.points, 0)

    def test_warning_before_once(self):
        self.book(self.card, issued=100, expiry_date=self._day(20))
        self.book(self.card, issued=10, expiry_date=self._day(90))
        self._run()
        activity = self.customer.activity_ids.filtered(
            lambda a: "expire" in (a.summary or "")
        )
        self.assertEqual(activity.user_id, self.seller)
        self.assertIn("100", activity.summary)
        self.assertEqual(activity.date_deadline, self._day(20))
        self._run()
        self.assertEqual(
            len(self.customer.activity_ids.filtered(lambda a: "expire" in a.summary)), 1
        )
        expiring = self.env["loyalty.card"].search(
            [("next_expiry_date", "<=", self._day(30))]
        )
        self.assertIn(self.card, expiring)
        self.book(self.card, used=100)
        expiring = self.env["loyalty.card"].search(
            [("next_expiry_date", "<=", self._day(30))]
        )
        self.assertNotIn(self.card, expiring)

    def test_the_job_writes_in_the_language_of_the_company(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        self.company.partner_id.lang = "vi_VN"
        self.customer.user_id = False
        self.book(self.card, issued=100, expiry_date=self._day(-1))
        self.book(self.card, issued=20, expiry_date=self._day(20))
        self._run()
        self.assertIn("Hết hạn", self.history(self.card, "expiry").description)
        self.assertIn("hết hạn", self.card.message_ids[0].body)

    def test_no_warning_of_points_that_are_used(self):
        self.book(self.card, issued=100, expiry_date=self._day(20))
        self.book(self.card, used=100)
        self._run()
        self.assertFalse(self.customer.activity_ids)

    def test_expiry_costs_the_same_for_few_and_many(self):
        def count(number):
            partners = self.env["res.partner"].create(
                [{"name": f"Customer {n}"} for n in range(number)]
            )
            cards = partners._make_member_cards(self.program)
            self.env["loyalty.card"]._book(
                [
                    {
                        "card_id": card.id,
                        "issued": 10,
                        "description": "Test",
                        "expiry_date": self._day(-1),
                    }
                    for card in cards
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            cards._expire_points(cards, self.program, self.today)
            self.env.flush_all()
            spent = self.env.cr.sql_log_count - before
            self.assertEqual(sum(cards.mapped("points")), 0)
            return spent

        count(1)
        self.assertEqual(count(3), count(80))
