from freezegun import freeze_time

from odoo.tests import tagged

from .common_figures import AdsFiguresCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-10-21 05:00:00")
class TestCrmAdsFigures(AdsFiguresCommon):
    """Figures of ad, campaign and account, computed by hand (002.27–002.31, N5)."""

    def _assert_figures(self, record, **expected):
        for fname, value in expected.items():
            self.assertAlmostEqual(record[fname], value, 2, fname)

    def test_ad_over_all_time(self):
        self._assert_figures(
            self.ad,
            spend=125,  # 200 / 2 + 100 / 4
            impressions=5000,
            clicks=100,
            messages=10,
            data_count=7,  # A B C, duplicate, invalid, D E
            valid_count=5,  # without duplicate and invalid
            duplicate_count=1,
            transferred_count=5,
            contacted_count=4,  # C called; A, B, D bought; E waits
            won_count=3,
            order_count=3,
            revenue=450,  # 300 + 200 / 4 + 100
            revenue_invoiced=250,  # 300 - 100 + 50
            revenue_collected=200,  # A: 300 paid, 100 goes back; B has not paid
            goods_cost=150,  # 2 x 30 + 2 x 30 + 1 x 30
            profit=-75,  # 200 - 150 - 125
            cost_per_data=17.86,  # 125 / 7
            cost_per_order=41.67,  # 125 / 3
            close_rate=0.6,  # 3 / 5
            roas=3.6,  # 450 / 125
        )

    def test_ad_over_a_week(self):
        first = self.ad.with_context(
            ads_date_from="2026-10-05", ads_date_to="2026-10-11"
        )
        self._assert_figures(
            first,
            spend=100,
            data_count=5,
            valid_count=3,
            order_count=2,
            revenue=350,  # 300 + 50, whenever they were ordered
            revenue_invoiced=250,
            revenue_collected=200,
            goods_cost=120,
            profit=-20,  # 200 - 120 - 100
            cost_per_data=20,  # 100 / 5
            close_rate=0.67,  # 2 / 3
            roas=3.5,  # 350 / 100
        )
        second = self.ad.with_context(ads_date_from="2026-10-12")
        self._assert_figures(
            second, spend=25, data_count=2, revenue=100, profit=-55, roas=4
        )
        nothing = self.ad.with_context(ads_date_to="2026-10-01")
        self._assert_figures(nothing, spend=0, data_count=0, roas=0, close_rate=0)

    def test_campaign_and_account_add_their_ads_up(self):
        self._assert_figures(self.campaign, spend=125, data_count=7, profit=-75)
        self._assert_figures(
            self.account,
            spend=185,  # 125 + 60
            data_count=8,
            profit=-135,  # -75 - 60
            cost_per_data=23.13,  # 185 / 8, not (17.86 + 60) / 2
            roas=2.43,  # 450 / 185, not (3.6 + 0) / 2
        )

    def test_money_that_moves_on(self):
        """B pays half; A gets the money back; nothing of it changes what was sold."""
        invoice = self.b.lead_id.order_ids.invoice_ids
        self._pay(invoice, amount=100)  # of 200 € = 25 $ of 50 $
        refund = self.a.lead_id.order_ids.invoice_ids.filtered(
            lambda move: move.move_type == "out_refund"
        )
        self._pay(refund)
        self.env.invalidate_all()
        self._assert_figures(self.ad, revenue=450, revenue_collected=225)

    def test_set_off_credit_note_is_not_money(self):
        """A credit note set off against an unpaid invoice leaves nothing collected."""
        invoice = self._invoice(self._sell(self.e, 2))
        refund = self._credit(invoice, 2)
        self.assertEqual((invoice | refund).mapped("amount_residual"), [0, 0])
        self.env.invalidate_all()
        ad = self.ad.with_context(ads_date_from="2026-10-12")
        # D's 100 $ are not invoiced; E: 200 $ invoiced, 200 $ credited
        self._assert_figures(
            ad, revenue=300, revenue_invoiced=0, revenue_collected=0, goods_cost=30
        )

    def test_other_units_and_draft_invoices(self):
        order = self._sell(self.e, 1)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        order._create_invoices()
        self.env.invalidate_all()
        ad = self.ad.with_context(ads_date_from="2026-10-12")
        self._assert_figures(ad, revenue_invoiced=0, goods_cost=30)
        order.invoice_ids.action_post()
        self.env.invalidate_all()
        # a dozen at 100 and at 30 each, and D's one tea
        self._assert_figures(ad, revenue_invoiced=1200, goods_cost=390)

    def test_lists_group_and_sort_by_figures(self):
        ads = self.env["crm.ads.ad"]
        domain = [("account_id", "=", self.account.id)]
        groups = ads._read_group(
            domain,
            ["account_id"],
            ["spend:sum", "data_count:sum", "roas:avg", "cost_per_data:avg"],
        )
        account, spend, count, roas, cost = groups[0]
        self.assertEqual((account, spend, count), (self.account, 185, 8))
        self.assertAlmostEqual(roas, 450 / 185)
        self.assertAlmostEqual(cost, 185 / 8)
        self.assertEqual(ads.search(domain, order="spend"), self.other_ad | self.ad)
        self.assertEqual(ads.search(domain, order="roas desc")[0], self.ad)
        fields = ads.fields_get(["spend", "roas"], ["aggregator", "sortable"])
        self.assertEqual(fields["spend"]["aggregator"], "sum")
        self.assertEqual(fields["roas"]["aggregator"], "avg")
        self.assertTrue(fields["spend"]["sortable"])

    def test_groups_follow_the_period(self):
        ads = self.env["crm.ads.ad"].with_context(ads_date_from="2026-10-12")
        groups = ads._read_group(
            [("account_id", "=", self.account.id)], [], ["spend:sum", "revenue:sum"]
        )
        self.assertEqual(groups, [(25, 100)])

    def test_marketer_sees_the_same_and_others_nothing(self):
        mine = self.ad.with_user(self.mai)
        self._assert_figures(mine, spend=125, profit=-75, revenue_collected=200)
        groups = (
            self.env["crm.ads.ad"]
            .with_user(self.bao)
            ._read_group([], [], ["spend:sum", "data_count:sum"])
        )
        self.assertFalse(any(groups[0]))

    def test_as_many_queries_for_few_and_many(self):
        many = self.ad | self.env["crm.ads.ad"].create(
            [
                {"name": f"Ad {index}", "campaign_id": self.campaign.id}
                for index in range(30)
            ]
        )
        for index, ad in enumerate(many[1:]):
            self._create_data(3, start=1000 + index * 3, ad_id=self.ad.id)
            self._spend(ad, "2026-10-06", 10)
        counts = []
        for ads in (self.ad, self.ad, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            ads.mapped("roas")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2], counts)
        with self.assertQueryCount(1):
            many._get_figures(["spend:sum", "revenue_collected:sum", "roas:avg"])
        self.assertEqual(sum(many.mapped("data_count")), 97)
