from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common_figures import AdsFiguresCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-10-21 05:00:00")
class TestCrmAdsReport(AdsFiguresCommon):
    """The report adds up by any dimension; the story's arithmetic is in its common."""

    def _group(self, groupby, aggregates, user=None):
        report = self.env["crm.ads.report"].with_user(user or self.env.user)
        return report._read_group(
            [("account_id", "=", self.account.id)], groupby, aggregates
        )

    def test_by_campaign(self):
        groups = self._group(
            ["campaign_id"],
            ["spend:sum", "data_count:sum", "order_count:sum", "profit:sum"],
        )
        self.assertEqual(
            {group[0]: group[1:] for group in groups},
            {
                self.campaign: (125, 7, 3, -75),
                self.other_campaign: (60, 1, 0, -60),  # 120 / 2; F
            },
        )

    def test_by_week_orders_are_booked_on_the_week_of_their_data(self):
        groups = self._group(
            ["date:week"],
            ["spend:sum", "valid_count:sum", "revenue:sum", "profit:sum", "roas:avg"],
        )
        first, second = (group[1:] for group in groups)
        # 100 + 60 spent; A B C F; 300 + 50; 200 - 120 - 160; 350 / 160
        self.assertEqual(first[:4], (160, 4, 350, -80))
        self.assertAlmostEqual(first[4], 2.1875)
        # 25 spent; D E; 100; 0 - 30 - 25; 100 / 25
        self.assertEqual(second, (25, 2, 100, -55, 4))

    def test_ratios_are_ratios_of_sums(self):
        ratios = [
            "cost_per_data:avg",
            "cost_per_order:avg",
            "close_rate:avg",
            "roas:avg",
        ]
        ((cost, per_order, close, roas),) = self._group([], ratios)
        self.assertAlmostEqual(cost, 185 / 8)
        self.assertAlmostEqual(per_order, 185 / 3)
        self.assertAlmostEqual(close, 3 / 6)  # A B D of A B C D E F
        self.assertAlmostEqual(roas, 450 / 185)
        groups = self.env["crm.ads.report"]._read_group(
            [("id", "=", -1)], ["ad_id"], ratios
        )
        self.assertEqual(groups, [])

    def test_by_the_dimensions_of_data(self):
        by_user = self._group(["user_id"], ["transferred_count:sum", "spend:sum"])
        # five data in turns: two for Lan, two for Hung, one for Minh; spend is nobody's
        self.assertEqual(
            {user: figures for user, *figures in by_user},
            {
                self.lan: [2, 0],
                self.hung: [2, 0],
                self.minh: [1, 0],
                self.env["res.users"]: [0, 185],
            },
        )
        by_status = dict(self._group(["sales_status"], ["data_count:sum"]))
        self.assertEqual(by_status["won"], 3)
        self.assertEqual(by_status["contacted"], 1)
        self.assertEqual(by_status["waiting"], 1)
        by_product = dict(self._group(["product_id"], ["spend:sum"]))
        self.assertEqual(by_product[self.product], 125)
        by_source = dict(self._group(["source"], ["data_count:sum"]))
        self.assertEqual((by_source["manual"], by_source["webhook"]), (7, 1))
        by_channel = dict(self._group(["channel"], ["data_count:sum"]))
        self.assertEqual(by_channel, {"facebook": 8})

    def test_order_of_merged_leads_counts_once(self):
        """Two data of one person: both are won, their order counts for the first."""
        (self.a.lead_id | self.e.lead_id).merge_opportunity()
        self.assertEqual(self.a.lead_id, self.e.lead_id)
        self.assertEqual((self.a.sales_status, self.e.sales_status), ("won", "won"))
        self.assertEqual((self.a.order_count, self.e.order_count), (1, 0))
        ((orders, revenue, collected),) = self._group(
            [], ["order_count:sum", "revenue:sum", "revenue_collected:sum"]
        )
        self.assertEqual((orders, revenue, collected), (3, 450, 200))

    def test_day_follows_the_company_s_clock(self):
        self.assertEqual(str(self.d.day), "2026-10-12")
        self.env.company.partner_id.tz = "UTC"
        self.assertEqual(str(self.d.day), "2026-10-11")

    def test_views_of_the_client(self):
        report = self.env["crm.ads.report"].with_user(self.mai)
        self.assertTrue(
            report.formatted_read_group(
                [],
                ["campaign_id"],
                ["spend:sum", "cost_per_data:avg", "currency_id:array_agg_distinct"],
            )
        )
        row = report.search([], limit=1)
        self.assertTrue(row.read(["date", "ad_id", "spend", "roas"]))

    def test_marketer_sees_own_accounts_sale_admin_all_salesperson_none(self):
        aggregates = ["data_count:sum", "revenue_collected:sum"]
        self.assertEqual(self._group([], aggregates, self.mai), [(8, 200)])
        self.assertEqual(self._group([], aggregates, self.thu), [(8, 200)])
        self.assertFalse(any(self._group([], aggregates, self.bao)[0]))
        with self.assertRaises(AccessError):
            self._group([], aggregates, self.lan)

    def test_other_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Other Ads Company"})
        self.thu.write({"company_ids": [Command.link(other.id)]})
        report = self.env["crm.ads.report"].with_user(self.thu).with_company(other)
        self.assertEqual(report.env.companies, other)
        self.assertFalse(report.search([("ad_id", "=", self.ad.id)], limit=1))
