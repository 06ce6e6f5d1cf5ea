from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Date
from odoo.tests import HttpCase, tagged

from .common import AdsDataCommon


@tagged("post_install", "-at_install")
class TestCrmAdsDashboard(AdsDataCommon, HttpCase):
    """The ads home: what a marketer sees in ten seconds (003.42)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.partner_id.tz = "Asia/Ho_Chi_Minh"
        cls.today = cls.company._get_ads_today()
        cls.account.currency_id = cls.company.currency_id
        cls.ad.name = "Busy Ad"
        cls.thirsty = cls.env["crm.ads.ad"].create(
            {"name": "Thirsty Ad", "campaign_id": cls.campaign.id, "is_running": True}
        )

    def _tell_story(self):
        """Today: 30 + 10 spent, two data, one dealt; yesterday: 20 spent, one data."""
        for ad, days, spend in (
            (self.ad, 0, 30),
            (self.thirsty, 0, 10),
            (self.ad, 1, 20),
        ):
            self.env["crm.ads.insight"].create(
                {
                    "ad_id": ad.id,
                    "date": self.today - timedelta(days=days),
                    "spend": spend,
                }
            )
        noon = self.company._get_ads_day_start(self.today) + timedelta(hours=12)
        data = self._create_data(2, date=noon)
        self._create_data(1, start=9, date=noon - timedelta(days=1))
        data[0].action_transfer()
        self.env.flush_all()
        self.env.invalidate_all()

    def _get(self, date_from=False, date_to=False, user=None):
        report = self.env["crm.ads.report"].with_user(user or self.mai)
        return report.get_dashboard(date_from, date_to)

    def _days(self, begin, end=0):
        return [Date.to_string(self.today - timedelta(days=d)) for d in (begin, end)]

    def test_today_beside_yesterday(self):
        self._tell_story()
        dashboard = self._get()
        tiles = {tile.pop("name"): tile for tile in dashboard["tiles"]}
        self.assertEqual(tiles["spend"], {"value": 40, "before": 20, "change": 1.0})
        self.assertEqual(tiles["data_count"], {"value": 2, "before": 1, "change": 1.0})
        self.assertEqual(
            tiles["cost_per_data"], {"value": 20, "before": 20, "change": 0.0}
        )
        self.assertEqual(tiles["revenue"], {"value": 0, "before": 0, "change": None})
        self.assertEqual(len(dashboard["trend"]), 7)
        self.assertEqual(
            dashboard["trend"][-1],
            {"date": Date.to_string(self.today), "spend": 40, "data_count": 2},
        )
        self.assertEqual(dashboard["trend"][0]["data_count"], 0)

    def test_ads_that_spend_without_data_come_first(self):
        self._tell_story()
        ads = self._get()["ads"]
        self.assertEqual(
            [(ad["name"], ad["is_alarm"], ad["spend"]) for ad in ads],
            [("Thirsty Ad", True, 10), ("Busy Ad", False, 30)],
        )
        self.assertEqual(ads[1]["cost_per_data"], 15)  # 30 / 2

    def test_statuses_of_the_valid_data(self):
        self._tell_story()
        statuses = {
            one["status"]: one["count"] for one in self._get(*self._days(6))["statuses"]
        }
        self.assertEqual(statuses, {False: 2, "waiting": 1})
        self.env["res.lang"]._activate_lang("vi_VN")
        report = self.env["crm.ads.report"].with_context(lang="vi_VN")
        labels = {
            one["label"] for one in report.get_dashboard(*self._days(6))["statuses"]
        }
        self.assertEqual(labels, {"Chưa chuyển", "Chưa xử lý"})

    def test_period_before_is_as_long(self):
        self._tell_story()
        tiles = {tile["name"]: tile for tile in self._get(*self._days(1))["tiles"]}
        self.assertEqual(
            (tiles["data_count"]["value"], tiles["data_count"]["before"]), (3, 0)
        )
        last_two = {
            tile["name"]: tile for tile in self._get(*self._days(1, 1))["tiles"]
        }
        self.assertEqual(last_two["spend"]["value"], 20)

    def test_days_are_the_company_s(self):
        start = self.company._get_ads_day_start(self.today)
        self._create_data(1, date=start - timedelta(minutes=1))
        self._create_data(1, start=3, date=start)
        tile = next(t for t in self._get()["tiles"] if t["name"] == "data_count")
        self.assertEqual((tile["value"], tile["before"]), (1, 1))
        self.assertEqual(self._get()["start"], str(start))

    def test_steps_of_somebody_new(self):
        steps = [step["is_done"] for step in self._get(user=self.bao)["steps"]]
        self.assertEqual(steps, [False] * 4)
        steps = [step["is_done"] for step in self._get()["steps"]]
        self.assertEqual(steps, [True, True, True, False])

    def test_rights(self):
        self._tell_story()
        value = self._get(user=self.bao)["tiles"][0]["value"]
        self.assertEqual((value, self._get(user=self.bao)["ads"]), (0, []))
        self.assertEqual(self._get(user=self.thu)["tiles"][0]["value"], 40)
        with self.assertRaises(AccessError):
            self._get(user=self.lan)

    def test_other_company(self):
        self._tell_story()
        other = self.env["res.company"].create({"name": "Other Ads Company"})
        self.thu.company_ids |= other
        report = self.env["crm.ads.report"].with_user(self.thu).with_company(other)
        self.assertEqual(report.get_dashboard()["ads"], [])

    def test_no_period(self):
        for period in (self._days(0, 3), ("soon", False), ("2020-01-01", "2026-01-01")):
            with self.assertRaises(UserError):
                self._get(*period)

    def test_queries_do_not_grow(self):
        self._tell_story()
        counts = []
        for number in (1, 40):
            ads = self.env["crm.ads.ad"].create(
                [
                    {"name": f"Ad {number}", "campaign_id": self.campaign.id}
                    for __ in range(number)
                ]
            )
            self.env["crm.ads.insight"].create(
                [{"ad_id": ad.id, "date": self.today, "spend": 5} for ad in ads]
            )
            self._get()  # what the registry caches is read before, not counted
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_tour(self):
        self._tell_story()
        self.mai.lang = "en_US"
        self.start_tour("/odoo", "crm_ads_data_dashboard", login="ads_mai")
