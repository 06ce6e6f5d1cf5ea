from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AdsDataCommon


@tagged("post_install", "-at_install")
class TestCrmAdsTree(AdsDataCommon):
    """Account > campaign > ad, their switches and their figures (002.01–002.16)."""

    def test_campaign_is_a_utm_campaign(self):
        self.assertEqual(self.campaign.utm_campaign_id.title, "Test Ads Campaign")
        self.assertEqual(self.ad.account_id, self.account)
        self.assertEqual(self.ad.company_id, self.env.company)

    def test_account_id_stands_once_per_channel(self):
        values = {"name": "Again", "external_ref": "990", "user_id": self.mai.id}
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["crm.ads.account"].create(values)
        other = self.env["crm.ads.account"].create({**values, "channel": "tiktok"})
        self.assertTrue(other)

    def test_account_is_found_by_name_or_id(self):
        found = self.env["crm.ads.account"].name_search("990")
        self.assertIn(self.account.id, [item[0] for item in found])
        self.assertIn("990", self.account.display_name)

    def test_ad_is_open_when_all_three_are_on(self):
        ads = self.env["crm.ads.ad"]
        self.assertTrue(self.ad.is_open)
        self.assertIn(self.ad, ads.search([("is_open", "=", True)]))
        for level in (self.account, self.campaign, self.ad):
            level.is_running = False
            self.assertFalse(self.ad.is_open)
            self.assertNotIn(self.ad, ads.search([("is_open", "=", True)]))
            self.assertIn(self.ad, ads.search([("is_open", "=", False)]))
            level.is_running = True

    def test_closed_ad_takes_no_data(self):
        self.campaign.is_running = False
        with self.assertRaisesRegex(ValidationError, "Test Ads Campaign"):
            self._create_data()

    def test_tree_is_found_or_made(self):
        row = {
            "ad_ref": "ag1",
            "ad_name": "New Ad",
            "adset_name": "Set",
            "campaign_ref": "c1",
            "campaign_name": "New Campaign",
        }
        by_name = {**row, "ad_ref": None, "campaign_ref": None, "ad_name": "By Name"}
        organic = dict.fromkeys(row)
        ads = self.env["crm.ads.ad"]._get_or_create(
            self.account, [row, by_name, organic, row]
        )
        self.assertEqual(ads[0], ads[3])
        self.assertEqual(ads[0].external_ref, "ag1")
        self.assertEqual(ads[0].campaign_id.external_ref, "c1")
        self.assertTrue(ads[2].is_organic)
        self.assertTrue(all(ad.is_open for ad in ads))
        again = self.env["crm.ads.ad"]._get_or_create(
            self.account, [row, by_name, organic]
        )
        self.assertEqual(again, ads[:3])

    def test_figures_of_an_ad(self):
        self._create_data(4)
        self._create_data(1)  # the same number again
        self.env["crm.ads.insight"].create(
            {"ad_id": self.ad.id, "date": "2026-10-01", "spend": 50000}
        )
        self.assertEqual(self.ad.data_count, 5)
        self.assertEqual(self.ad.duplicate_count, 1)
        self.assertEqual(self.ad.valid_count, 4)
        self.assertEqual(self.ad.spend, 50000)
        self.assertEqual(self.ad.cost_per_data, 10000)
        self.assertEqual(self.ad.roas, 0)

    def test_figures_of_a_period_follow_the_company_day(self):
        self.env.company.partner_id.tz = "Asia/Ho_Chi_Minh"
        # 18:00 UTC on the 30th is the 31st in Viet Nam
        self._create_data(1, date="2026-10-30 18:00:00")
        self._create_data(1, start=1, date="2026-10-30 10:00:00")
        ad = self.ad.with_context(ads_date_from="2026-10-31", ads_date_to="2026-10-31")
        self.assertEqual(ad.data_count, 1)
        ad = self.ad.with_context(ads_date_from="2026-10-30", ads_date_to="2026-10-31")
        self.assertEqual(ad.data_count, 2)

    def test_figures_cost_the_same_for_many_ads(self):
        ads = self.ad | self.env["crm.ads.ad"].create(
            [
                {"name": f"Ad {index}", "campaign_id": self.campaign.id}
                for index in range(20)
            ]
        )
        for records in (self.ad, ads):
            self.env.flush_all()
            self.env.invalidate_all()
            records.mapped("company_id")
            with self.assertQueryCount(2):
                records._get_spend_by_ad()
                records._get_data_figures_by_ad()

    def test_one_row_of_figures_per_ad_and_day(self):
        values = {"ad_id": self.ad.id, "date": "2026-10-01", "spend": 1}
        self.env["crm.ads.insight"].create(values)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["crm.ads.insight"].create(values)

    def test_ad_with_data_is_not_deleted(self):
        self._create_data()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.ad.unlink()
