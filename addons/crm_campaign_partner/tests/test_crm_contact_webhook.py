import json

from freezegun import freeze_time

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common_contact import NOON
from .common_gateway import GatewayCase
from .fake_gateway.zalo import Zalo

CONTROLLER = "odoo.addons.crm_campaign_partner.controllers.contact_webhook"


@tagged("post_install", "-at_install")
class TestCrmContactWebhook(GatewayCase, HttpCase):
    """The door for reports: proven first, kept once, never a 5xx."""

    def setUp(self):
        super().setUp()
        self.gateway.zalo.__dict__.update(Zalo().__dict__)
        self.gateway.esms.sent.clear()

    def _post(self, account, raw=b"", headers=None, query=""):
        path = f"/contact/webhook/{account.webhook_uuid}{query}"
        return self.url_open(path, data=raw, headers=headers or {})

    def _get_query(self, account, values):
        query = "&".join(f"{name}={value}" for name, value in values.items())
        return self.url_open(f"/contact/webhook/{account.webhook_uuid}?{query}")

    def _inbox(self, account):
        return self.env["crm.contact.event"].search([("account_id", "=", account.id)])

    def _send(self, channel, **values):
        with freeze_time(NOON):
            touch = self._open(channel, user=self.assignee, kind="care", **values)
        self._release(NOON)
        self.assertEqual(touch.state, "sent", touch.reason)
        return touch

    def test_zalo_delivered(self):
        account = self._new_account("zalo")
        template = self.env["crm.contact.zalo.template"].create(
            {
                "name": "T",
                "template_ref": "1",
                "company_id": self.company.id,
                "account_id": account.id,
            }
        )
        touch = self._send("zalo", payload={"template_id": template.id})
        raw, headers = self.gateway.zalo.event(1)
        self.assertEqual(self._post(account, raw, headers).status_code, 200)
        self.assertEqual(self._post(account, raw, headers).status_code, 200)
        self.assertEqual(len(self._inbox(account)), 1)
        self.assertEqual(touch.state, "sent")
        self._events()
        self.assertEqual(touch.state, "delivered")

    @mute_logger("odoo.http")
    def test_unproven_is_403_and_kept_nowhere(self):
        account = self._new_account("zalo")
        raw = json.dumps({"event_name": "follow", "timestamp": "1"}).encode()
        for headers in ({}, {"X-ZEvent-Signature": "mac=00"}):
            self.assertEqual(self._post(account, raw, headers).status_code, 403)
        account._keep_secrets({"webhook_secret": "other"})
        self.assertFalse(self._inbox(account))

    def test_esms_callback(self):
        account = self._new_account("esms")
        touch = self._send("sms", body="Hi")
        address, query = self.gateway.esms.report(1)
        self.assertEqual(address, account._get_webhook_address())
        self.assertEqual(self._get_query(account, query).status_code, 200)
        self._events()
        self.assertEqual(touch.state, "delivered")

    def test_speedsms_report_as_a_form(self):
        self.gateway.speedsms.sent.clear()
        account = self._new_account("speedsms")
        touch = self._send("sms", body="Hi")
        report = self.gateway.speedsms.report(1, is_delivered=False)
        response = self.url_open(
            f"/contact/webhook/{account.webhook_uuid}", data=json.dumps(report)
        )
        self.assertEqual(response.status_code, 200)
        self._events()
        self.assertEqual(touch.state, "failed")

    def test_a_report_too_early_waits_and_is_given_up(self):
        account = self._new_account("esms")
        query = {"SMSID": "E99", "SendStatus": "5", "SendSuccess": "1"}
        self._get_query(account, query)
        event = self._inbox(account)
        for _number in range(6):
            self.assertEqual(event.state, "pending")
            event._process()
        self.assertEqual(event.state, "dead")

    def test_a_report_cannot_name_a_touch_of_another_account(self):
        account = self._new_account("esms")
        touch = self._send("sms", body="Hi")
        other = self._new_account("speedsms")
        touches = self.env["crm.contact.touch"]
        tracking = touch._get_tracking_id()
        self.assertEqual(touches._find_reported(account, tracking, None), touch)
        self.assertFalse(touches._find_reported(other, tracking, None))
        for wrong in (f"t{touch.id}-0", f"{touch.id}", "t-", "tx-1", "t9999999999-1"):
            self.assertFalse(touches._find_reported(account, wrong, None), wrong)

    @mute_logger("odoo.http")
    def test_nonsense_is_never_a_5xx(self):
        account = self._new_account("pbx")
        bodies = (
            b"",
            b"{",
            b"[]",
            b"[1, 2]",
            b"null",
            b'{"a": ' * 200,
            b"\xff\xfe",
            b'{"callid": {"a": 1}, "status": ["x"]}',
            b'{"callid": "1", "status": null, "billsec": "x", "calldate": 7}',
            b"callid=%ff&status=ANSWERED",
            b"x" * 2000,
        )
        for body in bodies:
            status = self._post(account, body).status_code
            self.assertIn(status, (200, 400), body[:40])
        query = "?self=1&webhook_uuid=2&callid=1&status=ANSWERED"
        self.assertLess(self._post(account, b"", query=query).status_code, 500)
        for path in ("x", "0" * 32, "%00"):
            status = self.url_open(f"/contact/webhook/{path}").status_code
            self.assertIn(status, (400, 404), path)

    def test_queries_of_a_report(self):
        account = self._new_account("esms")
        events = account._get_handler()._read_events(
            account, {"SMSID": "E1", "SendStatus": "5", "SendSuccess": "1"}
        )
        account._receive(events, {})
        events = account._get_handler()._read_events(
            account, {"SMSID": "E2", "SendStatus": "5", "SendSuccess": "1"}
        )
        self.env.flush_all()
        with self.assertQueryCount(2):
            account._receive(events, {})
            self.env.flush_all()

    def test_address_is_for_whoever_may_change_the_account(self):
        account = self._new_account("esms")
        old = account.webhook_uuid
        self.assertFalse(account.with_user(self.assignee).webhook_address)
        self.assertIn(old, account.with_user(self.manager).webhook_address)
        account.with_user(self.manager).action_renew_address()
        self.assertNotEqual(account.webhook_uuid, old)
        self.assertEqual(
            self.url_open(f"/contact/webhook/{old}?SMSID=1").status_code, 404
        )
