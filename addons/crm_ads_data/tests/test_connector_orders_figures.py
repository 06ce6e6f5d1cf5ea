from odoo.fields import Command
from odoo.tests import tagged

from .common_connector_orders import ConnectorOrderCommon


@tagged("post_install", "-at_install")
class TestConnectorOrdersFigures(ConnectorOrderCommon):
    """Revenue of platform orders reaches the ad, each order exactly once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_ad = cls._advertise("Other Ad", "77")

    def _assert_earned(self, ad, count, revenue):
        self.env.flush_all()
        self.env.invalidate_all()
        for reader in (self.env.user, self.mai, self.thu):
            level = ad.with_user(reader)
            self.assertEqual((level.order_count, level.revenue), (count, revenue))
        report = self.env["crm.ads.report"]
        groups = report._read_group(
            [("ad_id", "=", ad.id)], ["date:day"], ["order_count:sum", "revenue:sum"]
        )
        self.assertEqual(sum(group[1] for group in groups), count)

    def _assert_campaign(self, count, revenue):
        campaign = self.shop_campaign
        self.assertEqual((campaign.order_count, campaign.revenue), (count, revenue))

    def _transferred(self, ad, phone="0901234567"):
        data = self._create_data(phone=phone, ad_id=ad.id)
        lead = self.env["crm.lead"].create(
            {"name": "Lead", "phone": phone, "company_id": self.company.id}
        )
        data.sudo().write({"lead_id": lead.id, "state": "transferred"})
        return data

    def test_ad_of_the_order(self):
        ref = self.shop_ad.external_ref
        record = self._store(self._tell("1", ad_ref=ref), self._tell("2", ad_ref=ref))
        self.assertEqual(record.ad_id, self.shop_ad)
        sale = record[0].order_id
        self.assertEqual(sale.campaign_id, self.shop_campaign.utm_campaign_id)
        self.assertEqual(sale.medium_id, self.shop_ad.medium_id)
        self.assertEqual(sale.source_id, self.env.ref("utm.utm_source_facebook"))
        self._assert_earned(self.shop_ad, 2, 778000)
        self._assert_campaign(2, 778000)
        # neither data nor ratios per data are made up
        self.assertEqual((self.shop_ad.data_count, self.shop_ad.won_count), (0, 0))
        self._store(self._tell("2", 1, state="cancelled", raw_state="63", ad_ref=ref))
        self._assert_earned(self.shop_ad, 1, 389000)

    def test_quotation_earns_nothing(self):
        ref = self.shop_ad.external_ref
        self._store(self._tell(ad_ref=ref, state="new", raw_state="54"))
        self._assert_earned(self.shop_ad, 0, 0)

    def test_data_of_the_same_ad_counts_it_once(self):
        data = self._transferred(self.shop_ad)
        self._store(self._tell(ad_ref=self.shop_ad.external_ref))
        self._assert_earned(self.shop_ad, 1, 389000)
        self._assert_campaign(1, 389000)
        self.assertEqual((data.sales_status, data.order_count), ("won", 1))

    def test_data_of_another_ad_does_not_count_it(self):
        data = self._transferred(self.other_ad)
        record = self._store(self._tell(ad_ref=self.shop_ad.external_ref))
        self.assertEqual(record.order_id.opportunity_id, data.lead_id)
        self._assert_earned(self.shop_ad, 1, 389000)
        self._assert_earned(self.other_ad, 0, 0)
        self._assert_campaign(1, 389000)
        self.assertEqual((data.sales_status, data.order_count), ("won", 0))
        # an order that names no ad is the data's
        self._store(self._tell("2"))
        self._assert_earned(self.other_ad, 1, 389000)
        self._assert_campaign(2, 778000)

    def test_lead_that_comes_later(self):
        ref = self.shop_ad.external_ref
        record = self._store(self._tell(ad_ref=ref))
        data = self._transferred(self.shop_ad)
        self._assert_earned(self.shop_ad, 1, 389000)
        self._store(self._tell(minutes=1, state="done", raw_state="60", ad_ref=ref))
        self.assertEqual(record.order_id.opportunity_id, data.lead_id)
        self.assertEqual(data.order_count, 1)
        self._assert_earned(self.shop_ad, 1, 389000)

    def test_ad_that_comes_later_claims_its_orders(self):
        record = self._store(self._tell(ad_ref="555", campaign="sale-20-10"))
        self.assertFalse(record.ad_id)
        self.assertEqual(record.order_id.campaign_id.name, "sale-20-10")
        late = self._advertise("Late", "555")
        self.assertEqual(record.ad_id, late)
        self._assert_earned(late, 1, 389000)

    def test_ad_of_another_company_earns_nothing(self):
        self.ad.external_ref = "888"
        record = self._store(self._tell(ad_ref="888"))
        self.assertFalse(record.ad_id)

    def test_invoiced_and_collected(self):
        self.env["account.chart.template"].try_loading(
            "generic_coa", self.company, install_demo=False
        )
        self.serum.invoice_policy = "order"
        self.serum.with_company(self.company).standard_price = 100000
        record = self._store(self._tell(ad_ref=self.shop_ad.external_ref))
        invoice = record.order_id._create_invoices()
        invoice.action_post()
        self.env.flush_all()
        self.env.invalidate_all()
        ad = self.shop_ad
        self.assertEqual((ad.order_count, ad.revenue), (1, 389000))
        self.assertEqual((ad.revenue_invoiced, ad.revenue_collected), (389000, 0))
        self.assertEqual((ad.goods_cost, ad.profit), (100000, -100000))
        # cancelled on the platform: a person makes the credit note
        self._store(self._tell(minutes=1, state="cancelled", raw_state="63"))
        self.assertEqual(record.order_id.state, "sale")
        self.assertIn("credit note", record.reason)

    def test_orders_of_merged_leads(self):
        first = self._transferred(self.other_ad)
        second = self._transferred(self.shop_ad, "0907777777")
        self._store(self._tell(ad_ref=self.shop_ad.external_ref, phone="+84907777777"))
        self._assert_earned(self.shop_ad, 1, 389000)
        (first.lead_id | second.lead_id).merge_opportunity()
        # the first data of the lead is another ad's: the order stays with its ad
        self._assert_earned(self.shop_ad, 1, 389000)
        self._assert_earned(self.other_ad, 0, 0)

    def test_order_typed_in_for_the_lead_counts_as_ever(self):
        data = self._transferred(self.shop_ad)
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "P"}).id,
                "company_id": self.company.id,
                "opportunity_id": data.lead_id.id,
                "order_line": [
                    Command.create({"product_id": self.serum.id, "price_unit": 5})
                ],
            }
        )
        sale.action_confirm()
        self._assert_earned(self.shop_ad, 1, 5)
