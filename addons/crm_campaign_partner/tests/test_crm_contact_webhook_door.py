import json
import random
from urllib.parse import urlencode

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..services.send.payload import MAX_BYTES
from .common_gateway import GatewayCase
from .fake_gateway.calls import Omicall, Pbx, Stringee
from .fake_gateway.zalo import Zalo

PROVIDERS = ("esms", "speedsms", "zalo", "stringee", "omicall", "pbx")
# Values that no reader of a report expects in any place.
ODD = (
    None,
    True,
    -1,
    10**400,
    1.5,
    "",
    " ",
    "x" * 5000,
    "2026-99-99",
    "9" * 40,
    "đ😍",
    [],
    [[]],
    [None],
    {},
    {"id": {}},
)
RAW = (
    b"",
    b" ",
    b"{",
    b"[]",
    b"[1, 2]",
    b"null",
    b"true",
    b'"text"',
    b"1e999",
    b'{"callid": 1e999, "status": "ANSWERED"}',
    b'{"callid": "\\u0000", "status": "ANSWERED"}',
    b'{"callid": "\\ud800", "status": "ANSWERED"}',
    b'{"callid": NaN}',
    b'{"a": ' * 200,
    b"\xff\xfe",
    b"callid=%00&status=ANSWERED",
    b"callid=%ff&status=ANSWERED",
    b"&".join(b"a%d=1" % number for number in range(300)),
    b"callid=1&status=" + b"A" * 70000,
)


@tagged("post_install", "-at_install")
class TestCrmContactWebhookDoor(GatewayCase, HttpCase):
    """Whatever comes to the door, over HTTP: proven or refused, never a 5xx."""

    def setUp(self):
        super().setUp()
        for name, fresh in (
            ("zalo", Zalo),
            ("stringee", Stringee),
            ("omicall", Omicall),
            ("pbx", Pbx),
        ):
            getattr(self.gateway, name).__dict__.update(fresh().__dict__)

    def _post(self, account, raw=b"", headers=None, query=""):
        path = f"/contact/webhook/{account.webhook_uuid}{query}"
        return self.url_open(path, data=raw or b"", headers=headers or {}).status_code

    def _get(self, account, query):
        path = f"/contact/webhook/{account.webhook_uuid}?{query}"
        return self.url_open(path).status_code

    def _inbox(self, account):
        return self.env["crm.contact.event"].search([("account_id", "=", account.id)])

    # Proof

    @mute_logger("odoo.http")
    def test_signed_reports(self):
        zalo, stringee = self.gateway.zalo, self.gateway.stringee
        ringing = {"type": "stringee_call", "call_status": "ringing", "call_id": "S7"}
        for provider, raw, good in (
            ("zalo", *zalo.sign("follow", follower={"id": "U9"})),
            ("stringee", *stringee.sign(ringing)),
        ):
            account = self._new_account(provider)
            [name] = good
            wrong = good[name][:-4] + "AAA="
            for headers in ({}, {name: ""}, {name: "x"}, {name: wrong}, {name: "mac="}):
                self.assertEqual(self._post(account, raw, headers), 403, headers)
            self.assertEqual(self._post(account, raw + b" ", good), 403)
            self.assertEqual(self._get(account, "a=1"), 403)
            self.assertFalse(self._inbox(account))
            self.assertEqual(self._post(account, raw, good), 200)
            self.assertEqual(self._post(account, raw, good), 200)
            self.assertEqual(len(self._inbox(account)), 1)
            # another account's secret proves nothing here
            other = self._new_account(provider, self.owner, webhook_secret="another-1")
            self.assertEqual(self._post(other, raw, good), 403)
            account.credentials = {**account.credentials, "webhook_secret": ""}
            self.assertEqual(self._post(account, raw, good), 403)

    @mute_logger("odoo.http")
    def test_unsigned_reports_are_proven_by_the_address(self):
        for provider, report in (
            ("esms", {"SMSID": "E1", "SendStatus": "5", "SendSuccess": "1"}),
            ("speedsms", {"type": "report", "tranId": 1, "status": 0}),
            ("omicall", {"call_uuid": "O1", "state": "ringing"}),
            ("pbx", {"callid": "P1", "status": "ANSWERED"}),
        ):
            account = self._new_account(provider)
            known = account.webhook_uuid
            for wrong in (known[:-1], f"{known}0", known.upper(), "0" * 32):
                response = self.url_open(f"/contact/webhook/{wrong}?SMSID=1")
                self.assertEqual(response.status_code, 404, wrong)
            self.assertEqual(self._post(account, json.dumps(report).encode()), 200)
            self.assertEqual(len(self._inbox(account)), 1, provider)

    # Nonsense

    @mute_logger("odoo.http")
    def test_raw_nonsense(self):
        for provider in PROVIDERS:
            account = self._new_account(provider)
            for raw in RAW:
                self.assertIn(
                    self._post(account, raw), (200, 400, 403), (provider, raw[:40])
                )
            for query in ("callid=%00&status=ANSWERED", "SMSID=%00", "%00=1", "a"):
                self.assertIn(self._get(account, query), (200, 400, 403), query)

    @mute_logger("odoo.http")
    def test_too_large(self):
        account = self._new_account("pbx")
        self.assertEqual(self._post(account, b"x" * (MAX_BYTES + 1)), 413)

    @mute_logger("odoo.http")
    def test_odd_values_in_every_place(self):
        zalo, stringee = self.gateway.zalo, self.gateway.stringee
        calls = random.Random(5)
        seeds = {
            "zalo": {"event_name": "user_send_text", "timestamp": "1", "sender": {}},
            "stringee": {
                "type": "stringee_call",
                "call_status": "ended",
                "call_id": "S1",
                "from": {},
                "to": {"number": "84901234500"},
                "timestamp_ms": 1,
            },
            "omicall": {
                "transaction_id": "O1",
                "direction": "inbound",
                "source_number": "0901234500",
                "disposition": "answered",
                "bill_sec": 3,
                "created_date": 1,
            },
            "pbx": {"callid": "P1", "status": "ANSWERED", "billsec": "3"},
            "esms": {"SMSID": "E1", "SendStatus": "5", "SendSuccess": "1"},
            "speedsms": {"type": "report", "tranId": 1, "status": 0},
        }
        for provider, seed in seeds.items():
            account = self._new_account(provider)
            for name in seed:
                for odd in calls.sample(ODD, 5):
                    body = {**seed, name: odd}
                    raw, headers = json.dumps(body).encode(), {}
                    if provider == "zalo":
                        body.pop("timestamp", None)
                        raw, headers = zalo.sign(body.pop("event_name"), **body)
                    elif provider == "stringee":
                        raw, headers = stringee.sign(body)
                    status = self._post(account, raw, headers)
                    self.assertIn(status, (200, 400), (provider, name, repr(odd)[:40]))
            # and what was taken is worked off, or put off, without a fault of ours
            with self.assertNoLogs(
                "odoo.addons.crm_campaign_partner.models.account.crm_contact_event"
            ):
                self._events()

    # What is kept

    def test_no_secret_is_kept(self):
        account = self._new_account("pbx", api_key="pbx-secret-1")
        report = {
            "callid": "P1",
            "status": "ANSWERED",
            "api_key": "theirs",
            "note": "key pbx-secret-1",
            "nested": {"token": "abc", "list": [{"password": "x"}]},
        }
        self.assertEqual(self._post(account, json.dumps(report).encode()), 200)
        kept = json.dumps(self._inbox(account).payload)
        for secret in ("theirs", "pbx-secret-1", "abc", '"x"'):
            self.assertNotIn(secret, kept)
        self.assertEqual(self._inbox(account).payload["callid"], "P1")

    def test_no_secret_is_logged(self):
        account = self._new_account("stringee")
        secrets = [value for value in account._get_secrets().values() if len(value) > 4]
        with self.assertLogs("odoo", "DEBUG") as caught:
            self.gateway.fail("stringee", "refused")
            account.action_test()
            self._post(account, b"{}", {"X-STRINGEE-SIGNATURE": "x"})
        for secret in secrets:
            self.assertNotIn(secret, "\n".join(caught.output))
        self.assertEqual(account.state, "error")
        self.assertFalse(any(secret in account.last_error for secret in secrets))

    def test_cost_does_not_grow_with_the_inbox(self):
        account = self._new_account("pbx")

        def post(number):
            report = {"callid": f"P{number}", "status": "ANSWERED"}
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self._post(account, json.dumps(report).encode()), 200)
            return self.env.cr.sql_log_count - before

        post(0)
        few = post(1)
        for number in range(2, 40):
            post(number)
        self.assertLessEqual(post(40), few)

    # Another try

    def test_what_was_given_up_gets_another_try(self):
        account = self._new_account("esms")
        self._get(account, urlencode({"SMSID": "E99", "SendStatus": "5"}))
        event = self._inbox(account)
        event.write({"state": "dead", "attempts": 6})
        event.with_user(self.manager).action_retry()
        self.assertEqual((event.state, event.attempts), ("pending", 0))
