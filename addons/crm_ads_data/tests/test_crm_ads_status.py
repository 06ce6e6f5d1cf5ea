from odoo.fields import Command
from odoo.tests import tagged

from .common import AdsDataCommon


@tagged("post_install", "-at_install")
class TestCrmAdsStatus(AdsDataCommon):
    """Status, order count and amount of data follow what sales do (002.28, 002.29)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.data = cls._create_data()
        cls.data.action_transfer()
        cls.lead = cls.data.lead_id
        cls.partner = cls.env["res.partner"].create({"name": "Customer 0"})

    def _order(self, quantity=1, lead=None):
        return self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "opportunity_id": (lead or self.lead).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": quantity,
                            "price_unit": 100,
                        }
                    )
                ],
            }
        )

    def _assert_status(self, status, count=0, amount=0.0, data=None):
        data = data or self.data
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(
            (data.sales_status, data.order_count, data.order_amount),
            (status, count, amount),
        )
        # the stored values are what the marketer's list searches and adds up
        self.assertTrue(
            data.with_user(self.mai).search_count(
                [("id", "=", data.id), ("sales_status", "=", status)]
            )
        )

    def test_finished_activity_is_contact(self):
        self._assert_status("waiting")
        self.lead.activity_ids.with_user(self.data.user_id).action_done()
        self._assert_status("contacted")

    def test_lost_and_reopened(self):
        self.lead.with_user(self.data.user_id).action_set_lost()
        self._assert_status("lost")
        self.lead.with_user(self.data.user_id).action_unarchive()
        self._assert_status("waiting")
        self.lead.with_user(self.data.user_id).message_post(
            body="Back again", message_type="comment"
        )
        self._assert_status("contacted")

    def test_several_orders_and_cancelled_ones(self):
        first, second = self._order(1), self._order(2)
        self._assert_status("quoted")
        first.action_confirm()
        self._assert_status("won", 1, 100)
        second.action_confirm()
        self._assert_status("won", 2, 300)
        first._action_cancel()
        self._assert_status("won", 1, 200)
        second._action_cancel()
        self.assertEqual(self.data.is_won, 0)
        self.assertNotEqual(self.data.sales_status, "won")
        second.action_draft()
        self._assert_status("quoted")

    def test_changed_order(self):
        order = self._order(1)
        order.action_confirm()
        order.order_line.product_uom_qty = 5
        self._assert_status("won", 1, 500)

    def test_won_lead_without_order(self):
        self.lead.convert_opportunity(self.partner)
        self.lead.action_set_won()
        self._assert_status("won")
        self.assertEqual(self.data.is_won, 0)

    def test_deleted_lead_is_lost(self):
        order = self._order(1)
        order.action_confirm()
        self._assert_status("won", 1, 100)
        order.opportunity_id = False
        self.lead.unlink()
        self._assert_status("lost")
        self.assertFalse(self.data.lead_id)

    def test_data_follow_merged_leads(self):
        other = self._create_data(1, start=5)
        other.action_transfer()
        self._order(3, other.lead_id).action_confirm()
        self._assert_status("won", 1, 300, other)
        stays = (self.lead | other.lead_id).merge_opportunity()
        self.assertEqual((self.data | other).lead_id, stays)
        self.assertEqual(stays.ads_data_ids, self.data | other)
        # both are won; the order counts for the first data of the lead
        self._assert_status("won", 1, 300)
        self._assert_status("won", 0, 0, other)
        self.assertEqual(self.ad.order_count, 1)
        self.assertEqual(self.ad.revenue, 300)

    def test_salesperson_merges_own_leads(self):
        more = self._create_data(3, start=50)
        more.action_transfer()
        other = more.filtered(lambda data: data.user_id == self.data.user_id)
        leads = (self.lead | other.lead_id).with_user(self.data.user_id)
        stays = leads.merge_opportunity()
        self.assertEqual((self.data | other).lead_id.ids, stays.ids)
