from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AdsDataCommon

# Tuesday 10 November 2026, 16:50 in Ha Noi: ten minutes before the shift ends.
LATE = datetime(2026, 11, 10, 9, 50)


@tagged("post_install", "-at_install")
class TestCrmAdsRecall(AdsDataCommon):
    """Data that nobody handles goes on; people who leave (N11)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule.recall_minutes = 30

    def _deal(self, count=1, ago=0, **values):
        data = self._create_data(count, **values)
        data.action_transfer()
        data.transfer_date = fields.Datetime.now() - timedelta(minutes=ago)
        return data

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_ads_data.ir_cron_recall").method_direct_trigger()

    def _logs(self, data):
        log = self.env["crm.ads.distribution.log"]
        return log.search([("data_id", "in", data.ids)], order="id")

    def test_goes_to_the_next_person_with_its_lead(self):
        data = self._deal(ago=31)
        lead, first = data.lead_id, data.user_id
        lead.message_post(body="from the system", message_type="notification")
        self._run_cron()
        self.assertEqual(data.state, "transferred")
        self.assertNotEqual(data.user_id, first)
        self.assertEqual(data.lead_id, lead, "no second lead")
        self.assertEqual(lead.user_id, data.user_id)
        self.assertEqual(lead.activity_ids.user_id, data.user_id)
        self.assertEqual(data.recall_count, 1)
        self.assertEqual(self._logs(data).mapped("reason"), ["turn", "recall"])
        self.assertGreater(
            data.transfer_date, fields.Datetime.now() - timedelta(minutes=1)
        )

    def test_in_time_or_handled_stays(self):
        early = self._deal(ago=29)
        handled = self._deal(ago=300, start=5)
        handled.lead_id.with_user(handled.user_id).message_post(
            body="called", message_type="comment"
        )
        users = (early | handled).mapped("user_id")
        self._run_cron()
        self.assertEqual((early | handled).mapped("user_id"), users)

    def test_never_back_to_who_had_it_then_to_the_pool(self):
        data = self._deal(ago=31)
        seen = [data.user_id]
        for _number in range(2):
            self._run_cron()
            self.assertNotIn(data.user_id, seen)
            seen.append(data.user_id)
            data.transfer_date = fields.Datetime.now() - timedelta(minutes=31)
        self._run_cron()
        self.assertEqual(data.state, "pool")
        self.assertFalse(data.user_id or data.lead_id.user_id or data.lead_id.active)
        self.assertTrue(data.pool_date)

    def test_rule_that_sends_to_the_pool(self):
        self.rule.recall_to = "pool"
        data = self._deal(ago=31)
        self._run_cron()
        self.assertEqual(data.state, "pool")
        self.assertFalse(data.lead_id.activity_ids)

    def test_rule_without_a_limit_never_recalls(self):
        self.rule.recall_minutes = 0
        data = self._deal(ago=10000)
        self._run_cron()
        self.assertEqual(data.recall_count, 0)

    def test_clock_stands_still_at_night(self):
        self.rule.member_ids.calendar_id = self.env["resource.calendar"].create(
            {"name": "Shift", "tz": "Asia/Ho_Chi_Minh"}
        )
        with freeze_time(LATE):
            data = self._deal()
        first = data.user_id
        with freeze_time(LATE + timedelta(hours=15)):  # 7:50 of the next day
            self._run_cron()
            self.assertEqual(data.user_id, first)
        with freeze_time(LATE + timedelta(hours=15, minutes=31)):  # 8:21
            self._run_cron()
            self.assertNotEqual(data.user_id, first)

    def test_loser_is_told(self):
        data = self._deal(ago=31)
        first = data.user_id
        first.notification_type = "inbox"
        self._run_cron()
        note = self.env["mail.message"].search(
            [("notified_partner_ids", "in", first.partner_id.ids)], limit=1
        )
        self.assertIn("Taken back", note.subject)

    def test_one_press_of_the_sale_admin(self):
        data = self._deal(2)
        before = {one: one.user_id for one in data}
        action = data.with_user(self.thu).action_recall()
        self.assertIn("2", action["params"]["title"])
        for one in data:
            self.assertNotEqual(one.user_id, before[one])
        data[0].with_user(self.thu).action_to_pool()
        self.assertEqual(data[0].state, "pool")

    def test_only_sale_admins_take_back(self):
        data = self._deal()
        for user in (self.mai, data.user_id):
            with self.assertRaises(AccessError):
                data.with_user(user).action_recall()
            with self.assertRaises(AccessError):
                data.with_user(user).action_to_pool()

    def test_handled_data_is_not_taken_back(self):
        data = self._deal()
        data.lead_id.with_user(data.user_id).message_post(
            body="called", message_type="comment"
        )
        with self.assertRaises(UserError):
            data.with_user(self.thu).action_recall()
        with self.assertRaises(UserError):
            data.with_user(self.thu).action_to_pool()

    def test_a_finished_call_counts_as_handled(self):
        data = self._deal()
        data.lead_id.activity_ids.with_user(data.user_id).action_feedback("no answer")
        self.assertTrue(data.contact_date)

    def test_a_customers_message_does_not(self):
        data = self._deal()
        customer = self.env["res.partner"].create({"name": "Customer"})
        data.lead_id.message_post(
            body="hello", message_type="comment", author_id=customer.id
        )
        self.assertFalse(data.contact_date)

    # -- people who leave -----------------------------------------------------------

    def _redistribute(self, by=None, **values):
        wizard = self.env["crm.ads.redistribute"].with_user(by or self.thu)
        return wizard.create({"user_ids": [Command.set(self.lan.ids)], **values})

    def test_deal_out_what_somebody_holds(self):
        data = self._deal(6)
        held = data.filtered(lambda one: one.user_id == self.lan)
        wizard = self._redistribute()
        self.assertEqual(wizard.data_count, len(held))
        wizard.action_redistribute()
        self.assertNotIn(self.lan, held.user_id)
        self.assertEqual(held.lead_id.user_id, held.user_id)
        self.assertEqual(self._logs(held)[-1].reason, "redistribute")

    def test_all_open_leads_to_one_person(self):
        data = self._deal(3)
        held = data.filtered(lambda one: one.user_id == self.lan)
        held.lead_id.with_user(self.lan).message_post(
            body="called", message_type="comment"
        )
        self.assertEqual(self._redistribute().data_count, 0)
        wizard = self._redistribute(scope="open", to="user", user_id=self.minh.id)
        self.assertEqual(wizard.data_count, 1)
        wizard.action_redistribute()
        self.assertEqual(held.user_id, self.minh)

    def test_to_the_pool(self):
        data = self._deal(3)
        self._redistribute(to="pool").action_redistribute()
        self.assertEqual(sorted(data.mapped("state")).count("pool"), 1)

    def test_nothing_held(self):
        with self.assertRaises(UserError):
            self._redistribute().action_redistribute()

    def test_redistribution_is_the_sale_admins(self):
        self._deal(3)
        for user in (self.mai, self.hung):
            with self.assertRaises(AccessError):
                self._redistribute(by=user).action_redistribute()

    def test_sale_admins_hear_of_a_leaver(self):
        self._deal(3)
        self.thu.notification_type = "inbox"
        self.lan.active = False
        note = self.env["mail.message"].search(
            [("notified_partner_ids", "in", self.thu.partner_id.ids)], limit=1
        )
        self.assertIn(self.lan.name, note.subject)
