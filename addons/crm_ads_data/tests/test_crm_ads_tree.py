from psycopg2 import IntegrityError

from odoo.exceptions import RedirectWarning, UserError
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
        with self.assertRaisesRegex(RedirectWarning, "Test Ads Campaign") as caught:
            self._create_data()
        __, action, label, *__ = caught.exception.args
        self.assertEqual(
            (action["res_model"], action["res_id"]),
            ("crm.ads.campaign", self.campaign.id),
        )
        self.assertIn("Test Ads Campaign", label)
        # of several closed levels the button leads to the first one from the top
        self.account.active = False
        with self.assertRaisesRegex(RedirectWarning, "Test Account") as caught:
            self._create_data()
        self.assertEqual(caught.exception.args[1]["res_model"], "crm.ads.account")

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

    def test_one_row_of_figures_per_ad_and_day(self):
        values = {"ad_id": self.ad.id, "date": "2026-10-01", "spend": 1}
        self.env["crm.ads.insight"].create(values)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["crm.ads.insight"].create(values)

    def test_ad_with_data_is_not_deleted(self):
        self._create_data()
        for level in (self.ad, self.campaign, self.account):
            with self.assertRaisesRegex(UserError, "Archive it instead"):
                level.with_user(self.thu).unlink()
        self.account.with_user(self.mai).action_archive()
        self.assertFalse(self.ad.is_open)
        self.assertEqual(self.account.data_count, 1)

    def test_level_without_data_is_deleted_from_below(self):
        self.ad.with_user(self.thu).unlink()
        self.campaign.with_user(self.thu).unlink()
        self.account.with_user(self.thu).unlink()
        self.assertFalse(self.account.exists())

    def test_every_level_is_found_by_name_or_id(self):
        self.campaign.external_ref = "c-77"
        self.ad.external_ref = "ad-88"
        for level, texts in (
            (self.account, ("Test Acc", "990")),
            (self.campaign, ("Test Ads Camp", "c-77")),
            (self.ad, ("Test Ad", "ad-88")),
        ):
            for text in texts:
                found = dict(level.with_user(self.mai).name_search(text))
                self.assertIn(level.id, found, text)

    def test_smart_buttons_lead_down_the_tree(self):
        for level, method, below in (
            (self.account, "action_open_campaigns", self.campaign),
            (self.account, "action_open_ads", self.ad),
            (self.campaign, "action_open_ads", self.ad),
            (self.ad, "action_open_data", self._create_data()),
        ):
            action = getattr(level.with_user(self.mai), method)()
            self.assertEqual(action["res_model"], below._name)
            found = below.with_user(self.mai).search(action["domain"])
            self.assertEqual(found, below)
