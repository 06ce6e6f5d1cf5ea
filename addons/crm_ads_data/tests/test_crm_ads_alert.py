from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import AdsDataCommon


@tagged("post_install", "-at_install")
class TestCrmAdsAlert(AdsDataCommon):
    """Ads that spend badly, data that nobody handles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.account.company_id
        cls.env["crm.ads.insight"].create(
            {
                "ad_id": cls.ad.id,
                "date": cls.company._get_ads_today(),
                "spend": 300,
            }
        )

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_ads_data.ir_cron_alert").method_direct_trigger()
        self.ad.invalidate_recordset()
        return self.ad.activity_ids

    def test_spend_without_data(self):
        self.company.ads_alert_spend = 200
        [activity] = self._run_cron()
        self.assertEqual(activity.user_id, self.mai)
        self.assertIn("no data", activity.summary)
        self.assertEqual(len(self._run_cron()), 1, "not again while it is open")

    def test_below_the_limit_or_switched_off(self):
        self.assertFalse(self._run_cron())
        self.company.ads_alert_spend = 300
        self.assertFalse(self._run_cron())

    def test_data_that_costs_too_much(self):
        self.company.write({"ads_alert_spend": 200, "ads_alert_cost": 140})
        self._create_data(3)
        self.assertFalse(self._run_cron(), "100 each")
        self.company.ads_alert_cost = 90
        self.assertIn("each data", self._run_cron().summary)

    def test_old_spend_does_not_count(self):
        self.company.ads_alert_spend = 200
        self.ad.insight_ids.date -= timedelta(days=3)
        self.assertFalse(self._run_cron())

    def _told(self):
        return self.env["mail.message"].search(
            [("notified_partner_ids", "in", self.thu.partner_id.ids)]
        )

    def test_untouched_data_is_told_once(self):
        self.thu.notification_type = "inbox"
        data = self._create_data(2)
        data.action_transfer()
        self._run_cron()
        self.assertFalse(self._told())
        data.transfer_date = fields.Datetime.now() - timedelta(minutes=31)
        self._run_cron()
        self.assertIn("2", self._told().subject)
        self._run_cron()
        self.assertEqual(len(self._told()), 1)
