import random
from datetime import datetime, timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import tagged

from ..models.tier.funnel_look import FunnelLook
from ..services.funnel import reached_tier
from .common import FunnelCommon

MORNING = datetime(2026, 3, 10, 2, 0)  # 9 o'clock in Viet Nam


@tagged("post_install", "-at_install")
class TestFunnelEngine(FunnelCommon):
    """Rules in SQL and in Python, grace, the past, warnings."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loyal = cls.tiers["loyal"]
        cls.loyal.write(
            {
                "min_orders": 2,
                "min_amount": 10000000.0,
                "window_months": 12,
                "grace_days": 30,
                "warn_days": 14,
            }
        )

    def test_sql_says_what_the_rules_say(self):
        """Random documents: statement and plain rules agree on each customer."""
        dice = random.Random(7)
        today = fields.Datetime.now().replace(microsecond=0)
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(60)]
        )
        orders = self.env["sale.order"]
        for partner in partners:
            for __ in range(dice.choice((0, 1, 2, 2, 3, 5))):
                orders |= self.make_quotation(
                    partner, price=float(dice.choice((4000000, 5000000, 6000000)))
                )
        for order in orders:
            order.state = dice.choice(("draft", "sale", "sale", "sale", "cancel"))
            age = dice.choice((0, 20, 180, 360, 364, 365, 366, 390, 395, 396, 397, 700))
            order.date_order = today - timedelta(days=age)
        self.make_opportunity(partners[0])
        self.tiers["repeat"].min_amount = 11000000.0
        partners._recompute_funnel_tier()
        look = FunnelLook(self.env)
        looks = look.get_looks(partners.ids)
        for partner in partners:
            rule = reached_tier(look.facts.rules, looks[partner.id].facts, look.today)
            self.assertEqual(partner.funnel_tier_id.code, rule.code, partner.name)
        codes = set(partners.mapped("funnel_tier_id.code"))
        self.assertLessEqual({"target", "quotation", "contract", "loyal"}, codes)

    def _make_loyal(self):
        """Two orders, in January and in March 2026."""
        with self.at(MORNING - relativedelta(months=2)):
            self.make_order(self.customer)
        with self.at(MORNING):
            self.make_order(self.customer)
            self.assertTier(self.customer, "loyal")

    def _run_nightly(self):
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", lambda *_args, **_kw: 60.0):
            self.env["res.partner"]._cron_recompute_funnel_tier()
        self.customer.invalidate_recordset()

    def test_grace_then_down(self):
        self._make_loyal()
        last = datetime(2027, 2, 9, 2, 0)  # the January order and 12 months and 30 days
        for moment, code in (
            (datetime(2027, 1, 10, 2, 0), "loyal"),
            (datetime(2027, 1, 11, 2, 0), "loyal"),
            (last, "loyal"),
            (last + timedelta(days=1), "repeat"),
        ):
            with self.at(moment):
                self._run_nightly()
                self.assertTier(self.customer, code)
        move = self.moves(self.customer)[-1]
        self.assertEqual(move.direction, "down")
        self.assertEqual(move.date, last + timedelta(days=1))
        self.assertIn(self.loyal.name, move.rule)
        self.assertEqual(self.customer.funnel_tier_peak_id, self.loyal)

    def test_cancelling_knows_no_grace(self):
        self._make_loyal()
        with self.at(MORNING + timedelta(days=1)):
            self.customer.sale_order_ids[0]._action_cancel()
            self.assertTier(self.customer, "contract")

    def test_warning_before_the_fall(self):
        self._make_loyal()
        Activity = self.env["mail.activity"]
        kind = self.env.ref("crm_funnel_loyalty.mail_activity_type_fall")
        mine = [("res_id", "=", self.customer.id), ("activity_type_id", "=", kind.id)]
        last = datetime(2027, 2, 9, 2, 0)
        with self.at(last - timedelta(days=14)):
            self._run_nightly()
            self.assertFalse(self.customer.funnel_tier_until)
        for __ in range(2):
            with self.at(last - timedelta(days=13)):
                self._run_nightly()
                self.assertEqual(self.customer.funnel_tier_until, last.date())
                warning = Activity.search(mine)
                self.assertEqual(len(warning), 1)
        self.assertEqual(warning.user_id, self.seller)
        self.assertIn(self.loyal.name, warning.summary)
        self.assertIn("1 more order", warning.note)
        with self.at(last - timedelta(days=5)):
            self.make_order(self.customer)
            self.assertFalse(self.customer.funnel_tier_until)
            self.assertFalse(Activity.search(mine))
            self.assertTier(self.customer, "loyal")

    def test_no_warning_where_it_is_switched_off(self):
        self._make_loyal()
        self.loyal.warn_days = 0
        with self.at(datetime(2027, 2, 8, 2, 0)):
            self._run_nightly()
        self.assertFalse(self.customer.funnel_tier_until)

    def test_past_dates_equal_history(self):
        """Each move of a whole life is told again from the documents alone."""
        day = MORNING
        with self.at(day):
            lead = self.make_opportunity(self.customer)
            other_need = self.make_opportunity(self.customer)
        with self.at(day + timedelta(days=3)):
            quotation = self.make_quotation(self.customer, opportunity_id=lead.id)
        with self.at(day + timedelta(days=5)):
            quotation.action_confirm()
        with self.at(day + timedelta(days=40)):
            second = self.make_order(self.customer)
        with self.at(day + timedelta(days=60)):
            second._action_cancel()
        with self.at(day + timedelta(days=70)):
            self.make_order(self.customer)
        with self.at(day + relativedelta(months=14)):
            self._run_nightly()
        with self.at(day + relativedelta(months=14, days=3)):
            other_need.action_set_lost()
            moves = self.moves(self.customer)
            self.assertEqual(
                [move.to_tier_id.code for move in moves],
                [
                    "opportunity",
                    "quotation",
                    "contract",
                    "loyal",
                    "contract",
                    "loyal",
                    "repeat",
                ],
            )
            for move in moves[:-1]:
                told = self.customer.get_funnel_tier_at(move.date)
                self.assertEqual(told, {self.customer.id: move.to_tier_id.code})
                before = move.date - timedelta(seconds=1)
                told = self.customer.get_funnel_tier_at(before)
                self.assertEqual(told, {self.customer.id: move.from_tier_id.code})
            # the fall was noticed by the nightly run, so it is dated by it
            until = self.customer.get_funnel_tier_at(day + relativedelta(months=13))
            self.assertEqual(until, {self.customer.id: "loyal"})

    def test_receipt_of_a_past_date(self):
        self._make_loyal()
        with self.at(MORNING + timedelta(days=2)):
            wizard = self.env["crm.funnel.receipt"].create(
                {
                    "partner_id": self.customer.id,
                    "date": MORNING - relativedelta(months=1),
                }
            )
            self.assertEqual(wizard.tier_id.code, "contract")
            first = self.customer.sale_order_ids.sorted("id")[0]
            self.assertEqual(wizard.document, first)
            self.assertIn("1", wizard.rule)
            action = wizard.action_open_document()
            self.assertEqual(action["res_id"], first.id)

    def test_a_line_of_an_order_counts_at_once(self):
        order = self.make_order(self.customer, price=4000000.0)
        self.make_order(self.customer, price=4000000.0)
        self.assertTier(self.customer, "repeat")
        order.order_line.price_unit = 6000000.0
        self.assertTier(self.customer, "loyal")
        order.order_line.price_unit = 5999999.0
        self.assertTier(self.customer, "repeat")

    def test_next_tier_in_words(self):
        text = self.customer.funnel_next_text
        self.assertIn(self.tiers["opportunity"].name, text)
        order = self.make_order(self.customer)
        self.assertIn("1 more order", self.customer.funnel_next_text)
        self.make_order(self.customer, price=1000000.0)
        self.tiers["loyal"].min_orders = 4
        self.customer.invalidate_recordset()
        text = self.customer.funnel_next_text
        self.assertIn("2 more orders", text)
        self.assertIn("3,000,000", text)
        self.assertIn(self.loyal.name, text)
        self.assertTrue(order.partner_id.funnel_reason)

    def test_words_are_for_those_who_may_see_the_moves(self):
        self.make_order(self.customer)
        for user, is_told in (
            (self.seller, True),
            (self.other, False),
            (self.manager, True),
        ):
            customer = self.customer.with_user(user)
            self.assertEqual(bool(customer.funnel_next_text), is_told, user.login)
            self.assertEqual(bool(customer.funnel_reason), is_told, user.login)

    def test_a_night_that_is_cut_short_goes_on(self):
        """Whoever has little time each run still reaches the last customer."""
        Partner = self.env["res.partner"]
        partners = Partner.create([{"name": f"Customer {n}"} for n in range(4)])
        for partner in partners:
            self.make_quotation(partner)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET funnel_tier_id = %s WHERE id = ANY(%s)",
            [self.tiers["target"].id, partners.ids],
        )
        self.env.invalidate_all()
        everybody = Partner.with_context(active_test=False).search_count(
            Partner._get_funnel_recompute_domain()
        )
        batch_size = max(2, everybody // 3)
        cron = type(self.env["ir.cron"])
        runs = 0
        with patch.object(cron, "_commit_progress", lambda *_args, **_kw: 0.0):
            while True:
                Partner._cron_recompute_funnel_tier(batch_size)
                runs += 1
                if not Partner._get_funnel_place():
                    break
                self.assertLess(runs, 10)
        self.assertGreater(runs, 1)
        self.assertEqual(set(partners.mapped("funnel_tier_id.code")), {"quotation"})

    def test_written_by_nobody(self):
        """The figures are no edit: write_date and write_uid stay."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET write_date = '2020-01-01' WHERE id = %s",
            [self.customer.id],
        )
        self.make_order(self.customer)
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT write_date, funnel_tier_id FROM res_partner WHERE id = %s",
            [self.customer.id],
        )
        written, tier_id = self.env.cr.fetchone()
        self.assertEqual(written, datetime(2020, 1, 1))
        self.assertEqual(tier_id, self.tiers["contract"].id)
