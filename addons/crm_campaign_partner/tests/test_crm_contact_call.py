import json

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_campaign_partner.services.send.provider import Call, Event

from .common_contact import NOON
from .common_gateway import GatewayCase
from .fake_gateway.calls import Omicall, Pbx, Stringee


@tagged("post_install", "-at_install")
class TestCrmContactCall(GatewayCase):
    """Click-to-call and what the telephone system reports (003.18)."""

    def setUp(self):
        super().setUp()
        self.gateway.stringee.__dict__.update(Stringee().__dict__)
        self.gateway.omicall.__dict__.update(Omicall().__dict__)
        self.gateway.pbx.__dict__.update(Pbx().__dict__)

    def _open_call(self, user=None, partner=None):
        with freeze_time(NOON):
            return self._open(
                "call",
                partner or self.member,
                kind="care",
                user=user or self.assignee,
            )

    def _report(self, account, payload):
        """What the webhook's controller does, and the cron after it."""
        handler = account._get_handler()
        account._receive(handler._read_events(account, payload), payload)
        self._events()
        events = self.env["crm.contact.event"].search([("account_id", "=", account.id)])
        self.assertEqual(set(events.mapped("state")), {"done"}, events.mapped("error"))

    def _calls(self, account):
        return self.env["crm.phonecall"].search([("account_id", "=", account.id)])

    def test_stringee(self):
        account = self._new_account("stringee", self.assignee)
        self.assertEqual(account.state, "ready", account.last_error)
        touch = self._open_call()
        self._release(NOON)
        self.assertEqual((touch.state, touch.provider_ref), ("sending", "S1"))
        [call] = self.gateway.stringee.calls
        self.assertEqual(call["to"][0]["number"], "lan")
        self.assertEqual(call["actions"][0]["to"]["number"], "84901234500")
        for status, values in (
            ("answered", {}),
            ("ended", {"answerDuration": 65, "duration": 80}),
            ("ringing", {}),
        ):
            raw, headers = self.gateway.stringee.event(1, status, **values)
            handler = account._get_handler()
            self.assertTrue(handler._verify(account, raw, headers))
            self.assertFalse(handler._verify(account, raw + b" ", headers))
            self._report(account, json.loads(raw))
        self.assertEqual(touch.state, "delivered")
        log = self._calls(account)
        self.assertEqual(
            (log.disposition, log.talk_seconds, log.state), ("answered", 65, "done")
        )
        self.assertEqual(log.partner_id, self.partners[0])

    def test_omicall(self):
        account = self._new_account("omicall", self.assignee)
        self.assertEqual(account.state, "ready", account.last_error)
        account.with_user(self.assignee).action_register_webhook()
        self.assertEqual(
            {hook["url"] for hook in self.gateway.omicall.hooks},
            {account._get_webhook_address()},
        )
        touch = self._open_call()
        self._release(NOON)
        self.assertEqual((touch.state, touch.provider_ref), ("sending", "O1"))
        self.assertEqual(
            self.gateway.omicall.calls,
            [{"extension": "101", "hotline": "", "phone_number": "0901234500"}],
        )
        # the end is told twice, and what came before it last
        for body in (
            self.gateway.omicall.running(1, "hangup"),
            self.gateway.omicall.over(1, "answered", 30),
            self.gateway.omicall.running(1, "answered"),
            self.gateway.omicall.running(1, "ringing"),
        ):
            self._report(account, body)
        self.assertEqual(touch.state, "delivered")
        log = self._calls(account)
        self.assertEqual(
            (log.disposition, log.talk_seconds, log.duration, log.state),
            ("answered", 30, 0.5, "done"),
        )

    def test_any_telephone_system(self):
        account = self._new_account("pbx", self.assignee)
        touch = self._open_call()
        self._release(NOON)
        self.assertEqual((touch.state, touch.provider_ref), ("sending", "P1"))
        self._report(account, self.gateway.pbx.report(1))
        self.assertEqual(touch.state, "delivered")
        log = self._calls(account)
        self.assertEqual(log.recording_url, "https://pbx.example/rec/1.mp3")
        self._report(account, self.gateway.pbx.report(1))
        self.assertEqual(len(self._calls(account)), 1)

    def test_not_answered(self):
        account = self._new_account("pbx", self.assignee)
        touch = self._open_call()
        self._release(NOON)
        self._report(account, self.gateway.pbx.report(1, "BUSY", 0))
        self.assertEqual(touch.state, "sent")
        log = self._calls(account)
        self.assertEqual((log.disposition, log.state), ("busy", "done"))
        # nobody spoke: the log makes up no length since the call began
        self.assertEqual((log.duration, log.talk_seconds), (0, 0))

    def test_company_account_takes_the_persons_extension(self):
        account = self._new_account("pbx", extension=False)
        touch = self._open_call()
        self._release(NOON)
        self.assertEqual(touch.state, "failed")
        self.assertIn("no extension", touch.reason)
        self.assignee.with_user(self.assignee).write({"contact_extension": "205"})
        with self.assertRaises(AccessError):
            self.owner.with_user(self.assignee).write({"contact_extension": "205"})
        self._open_call()
        self._release(NOON)
        self.assertEqual(self.gateway.pbx.calls[-1]["ext"], "205")
        self.assertFalse(account.user_id)

    def test_someone_calls_us(self):
        self.assignee.contact_extension = "205"
        account = self._new_account("pbx", extension=False)
        call = Call(
            "IN1",
            "inbound",
            phone="+84901234500",
            extension="205",
            talk_seconds=30,
            disposition="answered",
        )
        event = Event("call", "IN1|ended", "IN1", state="ended", call=call)
        self.assertTrue(account._get_handler()._process_event(account, event))
        log = self._calls(account)
        self.assertEqual((log.direction, log.user_id), ("in", self.assignee))
        self.assertEqual(log.partner_id, self.partners[0])

    def test_report_before_the_answer_waits(self):
        account = self._new_account("pbx", self.assignee)
        handler = account._get_handler()
        call = Call("P9", phone="+84901234500", disposition="missed")
        ringing = Event("call", "P9|ringing", "P9", state="ringing", call=call)
        ended = Event("call", "P9|ended", "P9", state="ended", call=call)
        # by hand: only its end is written down
        self.assertIsNone(handler._process_event(account, ringing))
        touch = self._open_call()
        touch.write({"state": "sending", "account_id": account.id})
        for event in (ringing, ended):
            self.assertIs(handler._process_event(account, event), False)
        self.assertFalse(self._calls(account))
        touch.provider_ref = "P9"
        self.assertTrue(handler._process_event(account, ended))
        self.assertEqual(touch.state, "sent")

    def test_a_call_is_in_the_log_once(self):
        account = self._new_account("pbx", self.assignee)
        call = Call("IN2", "inbound", "+84901234500", disposition="missed")
        calls = self.env["crm.phonecall"]
        known = calls._log_reported(account, None, call, True)
        self.assertEqual(calls._log_reported(account, None, call, True), known)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            known.copy({"account_id": account.id, "external_ref": "IN2"})

    def test_the_host_is_looked_at_again_when_it_is_called(self):
        account = self._new_account("pbx", self.assignee, host_overrides=False)
        touch = self._open_call()
        self.env["ir.config_parameter"].set_param(
            "crm_campaign_partner.allow_private_hosts", "0"
        )
        self._release(NOON)
        self.assertEqual((touch.state, account.state), ("failed", "error"))
        self.assertIn("cannot be called", touch.reason)
        self.assertEqual(self.gateway.pbx.calls, [])

    def test_address_that_cannot_be_called(self):
        for url in ("https://{phone}/", "https://pbx.example/c?k={key}", "ftp://a.vn/"):
            with self.assertRaises(ValidationError):
                self._new_account("pbx", self.assignee, call_url=url)
        self.env["ir.config_parameter"].set_param(
            "crm_campaign_partner.allow_private_hosts", "0"
        )
        with self.assertRaises(ValidationError):
            self._new_account("pbx", self.assignee, host_overrides=False)

    def test_tables_of_names(self):
        account = self._new_account("pbx", self.assignee)
        for name, value in (
            ("mapping_text", "[1]"),
            ("mapping_text", "{"),
            ("states_text", '{"OK": "ended"}'),
        ):
            with self.assertRaises(ValidationError):
                account[name] = value
        account.write(
            {
                "mapping_text": '{"external_id": "no", "state": "code"}',
                "states_text": '{"7": ["ended", "busy"]}',
            }
        )
        [event] = account._get_handler()._read_events(account, {"no": "5", "code": "7"})
        self.assertEqual((event.provider_id, event.call.disposition), ("5", "busy"))
