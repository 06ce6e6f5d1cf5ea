from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import FunnelCommon

NOW = datetime(2026, 9, 1, 2, 0)


@tagged("post_install", "-at_install")
class TestFunnelRhythm(FunnelCommon):
    def _buy(self, partner, *days, price=6000000.0):
        """Confirm one order so many days before now each."""
        for number in days:
            moment = NOW - timedelta(days=number)
            with self.at(moment):
                self.make_order(partner, price=price)

    def _run(self):
        with self.at(NOW):
            self.env["res.partner"]._cron_recompute_rhythm()

    def _make(self, *names):
        return self.env["res.partner"].create(
            [{"name": name, "user_id": self.seller.id} for name in names]
        )

    def test_scores_compare_everybody(self):
        # buyers that other tests or data may have left do not count here
        self.env["sale.order"].search([("state", "=", "sale")]).write(
            {"state": "cancel"}
        )
        partners = self._make("A", "B", "C", "D", "E")
        for number, partner in enumerate(partners):
            self._buy(
                partner, *range(100, 100 - number * 10 - 1, -10), price=1e6 + number
            )
        self._run()
        self.assertEqual(
            partners.mapped("rfm_score"), ["111", "222", "333", "444", "555"]
        )
        self.assertIn("5", partners[4].rfm_text)

    def test_equal_figures_get_equal_scores(self):
        self.env["sale.order"].search([("state", "=", "sale")]).write(
            {"state": "cancel"}
        )
        partners = self._make("A", "B", "C")
        for partner in partners:
            self._buy(partner, 10)
        self._run()
        self.assertEqual(partners.mapped("rfm_score"), ["333"] * 3)

    def test_cycle_and_next_order(self):
        self._buy(self.customer, 100, 70, 41, 10)
        self._run()
        self.assertEqual(self.customer.buying_cycle_days, 30)
        last = (NOW - timedelta(days=10)).date()
        self.assertEqual(self.customer.next_order_date, last + timedelta(days=30))
        self.assertEqual(self.customer.lapse_date, last + timedelta(days=60))
        with self.at(NOW + timedelta(days=5)):
            self.make_order(self.customer)
        self.assertEqual(
            self.customer.next_order_date,
            date(2026, 9, 6) + timedelta(days=30),
            "a new order moves it at once",
        )

    def test_who_never_bought_has_no_figures(self):
        order = self.make_order(self.customer)
        self._run()
        self.assertTrue(self.customer.rfm_score)
        self.assertFalse(self.customer.buying_cycle_days)
        order._action_cancel()
        self._run()
        self.assertFalse(self.customer.rfm_score)
        self.assertFalse(self.customer.lapse_date)

    def test_second_run_writes_nothing(self):
        self._buy(self.customer, 40, 10)
        self._run()
        self.env.flush_all()
        place = SQL("SELECT array_agg(ctid ORDER BY id) FROM res_partner")
        before = self.env.execute_query(place)
        self._run()
        self.assertEqual(self.env.execute_query(place), before)

    def test_one_statement_for_all(self):
        self._buy(self.customer, 40, 10)
        self.env.flush_all()
        self.env["crm.funnel.tier"]._get_funnel_settings()
        with self.assertQueryCount(4):
            self.env["res.partner"]._cron_recompute_rhythm()

    def test_worth_a_call_today(self):
        due, fresh, lost, quoted = self._make("Due", "Fresh", "Lost", "Quoted")
        self._buy(due, 100, 65, 35)
        self._buy(fresh, 45, 3)
        self._buy(lost, 400, 370)
        self._run()
        with self.at(NOW):
            self.make_quotation(quoted)
            Partner = self.env["res.partner"].with_user(self.seller)
            mine = [("id", "in", (due | fresh | lost | quoted).ids)]
            called = Partner.search([("is_call_due", "=", True), *mine])
            self.assertEqual(called.mapped("name"), ["Due", "Quoted"])
            back = Partner.search([("is_lapsed", "=", True), *mine])
            self.assertEqual(back.mapped("name"), ["Lost"])
            rest = Partner.search([("is_call_due", "=", False), *mine])
            self.assertEqual(rest.mapped("name"), ["Fresh", "Lost"])
            self.assertIn("32", called[0].call_reason)
            self.assertTrue(called[0].is_call_due)
            self.assertFalse(back.is_call_due)
            self.assertTrue(back.call_reason)

    def test_figures_are_nobodys_to_set(self):
        for vals in (
            {"rfm_score": "555"},
            {"next_order_date": "2026-01-01"},
            {"funnel_tier_until": "2030-01-01"},
            {"has_open_quotation": True},
        ):
            with self.assertRaises(AccessError):
                self.customer.with_user(self.manager).write(vals)

    def test_personal_data_is_for_sales_only(self):
        self.customer.write({"birthdate": "1990-05-01", "gender": "female"})
        customer = self.customer.with_user(self.seller)
        self.assertEqual(customer.birthdate, date(1990, 5, 1))
        employee = new_test_user(self.env, "rhythm_employee", "base.group_user")
        portal = new_test_user(self.env, "rhythm_portal", "base.group_portal")
        for user in (employee, portal):
            for name in ("birthdate", "gender", "rfm_score", "fit"):
                with self.assertRaises(AccessError):
                    self.customer.with_user(user).read([name])
                with self.assertRaises(AccessError):
                    self.env["res.partner"].with_user(user).search(
                        [(name, "!=", False)]
                    )
        arch = self.customer.with_user(employee).get_view(view_type="form")["arch"]
        self.assertNotIn("birthdate", arch)
