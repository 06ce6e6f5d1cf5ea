from dateutil.relativedelta import relativedelta

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common_pay import MILLION
from .common_team import TeamCase


@tagged("post_install", "-at_install")
class TestCrmSalesSanityTour(TeamCase, HttpCase):
    """The sanity board in the real browser (N6)."""

    def test_manager_reads_the_board(self):
        """Three months: An sells 40 million a month, Bình 10; targets 20 and 50."""
        today = self.env.cr.now()
        months = [
            today + relativedelta(months=-number, day=10) for number in range(1, 4)
        ]
        for year in {month.year for month in months}:
            self._make_policy(
                year=year,
                date_from=f"{year}-01-01",
                income_ids=[
                    Command.create({"user_id": self.an.id, "amount": 10 * MILLION})
                ],
            )
        for month in months:
            for seller, sold, aim in ((self.an, 40, 20), (self.binh, 10, 50)):
                self._order(seller, [(self.product, 1, sold * MILLION)], month)
                self._target(seller, aim * MILLION, month.date())
        self.start_tour("/odoo/sales-sanity", "crm_sales_sanity", login="pay_boss")
