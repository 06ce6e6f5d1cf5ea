from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.sql_db import BaseCursor
from odoo.tests import tagged

from .common_pay import MILLION
from .common_team import TeamCase

FRIDAY = datetime(2026, 3, 13, 2)
SATURDAY = datetime(2026, 3, 14, 2)
MONDAY = datetime(2026, 3, 16, 2)


@tagged("post_install", "-at_install")
class TestCrmSalesWeekly(TeamCase):
    """The weekly report of a salesperson (003.03)."""

    def _mine(self, user):
        model = self.reports.with_user(user).with_company(self.company)
        with self.at(self.NOW):
            action = model.action_open_mine()
        return self.reports.browse(action["res_id"]).with_user(user)

    def _remind(self, now):
        with self.at(now):
            self.env.flush_all()
            self.reports.with_company(self.company)._remind(self.company)

    def test_filled_from_what_happened(self):
        self._sell(self.an, 30 * MILLION, "2026-03-09 03:00")
        # last Sunday in UTC, Monday in Vietnam
        self._sell(self.an, 5 * MILLION, "2026-03-08 18:00")
        self._sell(self.an, 7 * MILLION, "2026-03-08 16:00")
        self.env["crm.phonecall"].create(
            {
                "name": "Call",
                "user_id": self.an.id,
                "state": "done",
                "date": "2026-03-10 03:00",
            }
        )
        report = self._mine(self.an)
        self.assertEqual(str(report.date_from), "2026-03-09")
        self.assertEqual(report.revenue, 35 * MILLION)
        self.assertEqual((report.order_count, report.call_count), (2, 1))
        self.assertEqual(self._mine(self.an), report)

    def test_handed_in_and_fixed(self):
        report = self._mine(self.an)
        with self.at(self.NOW):
            with self.assertRaisesRegex(UserError, "Write a few words"):
                report.action_submit()
            report.write({"done_text": "Sold", "plan_text": "Sell more"})
            report.action_submit()
        self.assertEqual(report.state, "submitted")
        self.assertFalse(report.is_late)
        with self.assertRaisesRegex(UserError, "handed in"):
            report.done_text = "Something else"
        self._sell(self.an, 30 * MILLION, "2026-03-10 03:00")
        report.action_refresh()
        self.assertFalse(report.revenue)

    def test_comment_and_hand_back(self):
        report = self._mine(self.an)
        report.write({"done_text": "Sold", "plan_text": "Sell more"})
        report.action_submit()
        with self.assertRaises(AccessError):
            report.manager_comment = "Well done, me"
        leader = report.with_user(self.chi)
        leader.manager_comment = "Call them again"
        self.assertEqual(report.comment_user_id, self.chi)
        leader.action_hand_back()
        self.assertEqual(report.state, "draft")
        report.done_text = "Sold and called"

    def test_nobody_types_figures_or_others_words(self):
        report = self._mine(self.an)
        for user, values in (
            (self.an, {"revenue": 1}),
            (self.an, {"state": "submitted"}),
            (self.boss, {"order_count": 1}),
            (self.boss, {"done_text": "Nothing"}),
        ):
            with self.assertRaises(AccessError):
                report.with_user(user).write(values)
        with self.assertRaises(AccessError):
            self.reports.with_user(self.an).create(
                {"user_id": self.an.id, "date_from": "2026-03-09"}
            )

    def test_who_reads(self):
        report = self._mine(self.an)
        for user, count in (
            (self.an, 1),
            (self.chi, 1),
            (self.boss, 1),
            (self.binh, 0),
        ):
            found = self.reports.with_user(user).search([("id", "=", report.id)])
            self.assertEqual(len(found), count)

    def test_reminded_on_friday_once(self):
        self._mine(self.an)
        self._remind(self.NOW)
        self.assertFalse(self.reports.search([("user_id", "=", self.binh.id)]))
        self._remind(FRIDAY)
        self._remind(SATURDAY)
        reports = self.reports.search(
            [("user_id", "in", self.sellers.ids), ("date_from", "=", "2026-03-09")]
        )
        self.assertEqual(len(reports), 3)
        self.assertEqual([len(one.activity_ids) for one in reports], [1, 1, 1])
        report = reports.filtered(lambda one: one.user_id == self.an)
        report.with_user(self.an).write({"done_text": "Sold", "plan_text": "More"})
        with self.at(FRIDAY):
            report.with_user(self.an).action_submit()
        self.assertFalse(report.activity_ids)

    def test_cron(self):
        cron = self.env.ref("crm_funnel_loyalty.ir_cron_weekly_report")
        with (
            self.enter_registry_test_mode(),
            freeze_time(FRIDAY),
            patch.object(BaseCursor, "now", lambda _cr: FRIDAY),
        ):
            cron.method_direct_trigger()
        self.assertTrue(self.reports.search([("user_id", "=", self.an.id)]))

    def test_late(self):
        report = self._mine(self.an)
        report.write({"done_text": "Sold", "plan_text": "Sell more"})
        with self.at(MONDAY):
            report.action_submit()
        self.assertTrue(report.is_late)

    def test_who_has_not_handed_in(self):
        with self.at(FRIDAY):
            with self.assertRaises(AccessError):
                self.reports.with_user(self.an).action_open_missing()
            action = (
                self.reports.with_user(self.boss)
                .with_company(self.company)
                .action_open_missing()
            )
        missing = self.reports.search(action["domain"])
        self.assertEqual(missing.user_id, self.sellers)
