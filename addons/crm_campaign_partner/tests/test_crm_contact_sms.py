from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from .common_contact import NIGHT, NOON
from .common_gateway import GatewayCase


@tagged("post_install", "-at_install")
class TestCrmContactSms(GatewayCase):
    """SMS by eSMS and SpeedSMS, also those of core (000.27, 000.28)."""

    def setUp(self):
        super().setUp()
        self.gateway.esms.sent.clear()
        self.gateway.speedsms.sent.clear()

    def _open_sms(self, partners=None, **values):
        with freeze_time(NOON):
            return self._open("sms", partners, user=self.assignee, **values)

    def test_balance_is_asked_for(self):
        account = self._new_account("esms")
        self.assertEqual(account.state, "ready", account.last_error)
        self.assertIn("250000", account.last_message)
        account.api_key = "WRONG"
        self.assertEqual(account.state, "error")
        self.assertIn("Authorize Failed", account.last_error)
        account = self._new_account("speedsms")
        self.assertIn("90000", account.last_message)

    def test_esms(self):
        self._new_account("esms")
        touch = self._open_sms(self.member, body="Mời họp đại lý")
        self._release(NOON)
        self.assertEqual((touch.state, touch.provider_ref), ("sent", "E1"))
        [message] = self.gateway.esms.sent
        self.assertEqual(message["Phone"], "0901234500")
        self.assertEqual(message["Content"], "[QC] Mời họp đại lý")
        self.assertEqual(message["Brandname"], "LAXANH")
        self.assertEqual((message["SmsType"], message["IsUnicode"]), ("1", "1"))
        self.assertEqual(message["RequestId"], touch._get_tracking_id())

    def test_care_is_no_advertising(self):
        self._new_account("esms")
        with freeze_time(NOON):
            self._open("sms", kind="care", body="Don da giao", user=self.assignee)
        self._release(NOON)
        [message] = self.gateway.esms.sent
        self.assertEqual(message["SmsType"], "2")
        self.assertEqual(message["Content"], "Don da giao")

    def test_second_try_reaches_nobody_twice(self):
        """eSMS took it, the answer was lost on the way back before a 429."""
        self._new_account("esms")
        touch = self._open_sms(body="Hi")
        self.gateway.fail("esms", "throttle")
        self._release(NOON)
        self.assertEqual(touch.state, "queued")
        self._release("2026-03-02 05:10:00")
        self.assertEqual((touch.state, len(self.gateway.esms.sent)), ("sent", 1))

    def test_unclear_outcome(self):
        for provider in ("esms", "speedsms"):
            self._new_account(provider, self.assignee)
            touch = self._open_sms(self.partners[1], body="Hi")
            self.gateway.fail(provider, "http_504")
            self._release(NOON)
            self.assertEqual(touch.state, "unknown", provider)
            self._release("2026-03-02 08:00:00")
            self.assertEqual(touch.state, "unknown", provider)
            self.env["crm.contact.account"].search(
                [("user_id", "=", self.assignee.id)]
            ).unlink()

    def test_no_money(self):
        account = self._new_account("speedsms", self.assignee)
        touches = self._open_sms(self.partners, body="Hi")
        self.gateway.fail("speedsms", "no_money")
        self._release(NOON)
        self.assertEqual(set(touches.mapped("state")), {"queued"})
        self.assertEqual(account.state, "error")
        self.assertEqual(account.activity_ids.user_id, self.assignee)
        account.action_test()
        self._release("2026-03-02 05:20:00")
        self.assertEqual(set(touches.mapped("state")), {"sent"})

    def test_bad_number(self):
        self._new_account("esms")
        touch = self._open_sms(body="Hi")
        self.gateway.fail("esms", "bad_phone")
        self._release(NOON)
        self.assertEqual((touch.state, touch.counted_date), ("failed", False))

    # Core's SMS

    def _core_sms(self, user=None, **values):
        return (
            self.env["sms.sms"]
            .with_user(user or self.assignee)
            .sudo()
            .create(
                {
                    "number": "+84901234500",
                    "body": "Nhac lich hen",
                    "partner_id": self.partners[0].id,
                    **values,
                }
            )
        )

    def test_core_sms_goes_by_the_account(self):
        self._new_account("esms", self.assignee)
        sms = self._core_sms()
        with freeze_time(NOON):
            sms.send()
        self.assertEqual(sms.state, "process")
        self._release(NOON)
        touch = self.touches.search([("account_id", "!=", False)], limit=1)
        self.assertEqual((touch.kind, touch.state), ("care", "sent"))
        self.assertEqual(touch.user_id, self.assignee)
        self.assertEqual(len(self.gateway.esms.sent), 1)

    def test_core_sms_asks_the_guard(self):
        self._new_account("esms", self.assignee)
        self._consent("do_not_contact", phone_key="0901234500", date=NOON)
        sms = self._core_sms()
        with freeze_time(NOON):
            sms.send()
        self.assertEqual((sms.state, sms.failure_type), ("error", "sms_contact_guard"))
        self.assertFalse(self.gateway.esms.sent)

    def test_core_sms_at_night_waits(self):
        self._new_account("esms", self.assignee)
        sms = self._core_sms()
        with freeze_time(NIGHT):
            sms.send()
        self.assertEqual(sms.state, "process")
        self._release(NIGHT)
        self.assertFalse(self.gateway.esms.sent)
        self._release("2026-03-03 00:30:00")
        self.assertEqual(len(self.gateway.esms.sent), 1)

    def test_core_cron_with_several_companies(self):
        self._new_account("esms", self.assignee)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.outsider.copy(
            {
                "login": "reach_stranger",
                "company_id": elsewhere.id,
                "company_ids": [(6, 0, elsewhere.ids)],
            }
        )
        self.env["sms.sms"].search([("state", "=", "outgoing")]).unlink()
        mine = self._core_sms()
        theirs = self._core_sms(stranger)
        asked = []

        def contact_iap(api, _endpoint, params, **_options):
            asked.append(params["messages"])
            return [
                {"uuid": one["uuid"], "state": "success"}
                for message in params["messages"]
                for one in message["numbers"]
            ]

        module = "odoo.addons.sms.tools.sms_api.SmsApi._contact_iap"
        self.startPatcher(patch(module, contact_iap))
        with freeze_time(NOON), self.enter_registry_test_mode():
            self.env.ref("sms.ir_cron_sms_scheduler_action").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(mine.state, "process")
        self.assertEqual(theirs.state, "pending")
        [[message]] = asked
        self.assertEqual(message["numbers"][0]["uuid"], theirs.uuid)

    def test_notification_follows_the_touch(self):
        self._new_account("esms", self.assignee)
        partner = self.partners[0].with_user(self.assignee)
        with freeze_time(NOON):
            message = partner._message_sms("Nhac lich", sms_numbers=["+84901234500"])
            self.env["sms.sms"].search([("mail_message_id", "=", message.id)]).send()
        touch = self.touches.search([("body", "=", "Nhac lich")], limit=1)
        self.assertEqual(touch.res_id, self.partners[0].id)
        notification = message.sudo().notification_ids
        self.assertEqual(notification.notification_status, "process")
        self._release(NOON)
        self.assertEqual(notification.notification_status, "pending")
        touch._settle("delivered")
        self.assertEqual(notification.notification_status, "sent")

    def test_no_account_keeps_cores_way(self):
        # one that is not set up yet is none
        self._new_account("esms", self.assignee, api_key=False, brand_name=False)
        sms = self._core_sms()
        [(api, group)] = list(sms._split_by_api())
        self.assertEqual(type(api).__name__, "SmsApi")
        self.assertEqual(group, sms)
