from odoo.tests import HttpCase, tagged

from .common_pay import MILLION
from .common_team import TeamCase


@tagged("post_install", "-at_install")
class TestCrmSalesTeamTour(TeamCase, HttpCase):
    """What people click in the real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sellers.write({"tz": "Asia/Ho_Chi_Minh"})
        today = cls.env.cr.now()
        cls._order(cls.an, [(cls.product, 1, 80 * MILLION)], today)
        cls._target(cls.an, 100 * MILLION, today.date())

    def test_salesperson(self):
        """The own place, the scorecard, the weekly report; handed in."""
        self.start_tour("/odoo/leaderboard", "crm_sales_salesperson", login="pay_an")
        report = self.reports.search([("user_id", "=", self.an.id)])
        self.assertEqual(report.state, "submitted")

    def test_manager_makes_the_policy(self):
        """A draft with bands, tried and approved; statements computed."""
        policy = self._make_policy(approve=False, year=self.env.cr.now().year)
        self.start_tour(
            f"/odoo/sales-policies/{policy.id}", "crm_sales_manager", login="pay_boss"
        )
        self.assertEqual(policy.state, "approved")
        self.assertEqual(policy.approved_by_id, self.boss)

    def test_accountant_pays(self):
        """A statement of January, confirmed and paid."""
        self._make_policy()
        self._sell(self.binh, 10 * MILLION, "2026-01-05")
        self._generate(self._get_january())
        statement = self._get(self.binh, self._get_january())
        self.start_tour(
            f"/odoo/sales-statements/{statement.id}",
            "crm_sales_accountant",
            login="pay_accountant",
        )
        self.assertEqual(statement.state, "paid")

    def _get_january(self):
        return (
            self.env["crm.sales.policy"]
            .search([("company_id", "=", self.company.id)], limit=1)
            .date_from
        )
