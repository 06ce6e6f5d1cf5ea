import hashlib
import json
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from ..services.connect import (
    errors,
    http,
    meta,
    meta_codes,
    meta_events,
    meta_insights,
    meta_leads,
    meta_messages,
    meta_tree,
    payload,
)
from .common import MANIFEST, SAMPLES, check_doctests

TOKEN = "EAADUMMYK1000000000000NOTAREALTOKEN"


def entries(kind, expected=None):
    """Meta's entries of a kind, and of those the ones that expect something."""
    return [
        entry
        for entry in MANIFEST
        if entry["provider"] == "meta"
        and entry["kind"] == kind
        and (expected is None or expected in entry["expect"])
    ]


def read(file):
    return (SAMPLES / file).read_bytes()


def make_api(**credentials):
    return meta.MetaApi(
        {"app_secret": "dummy-meta-app-k1-0000", "access_token": TOKEN, **credentials}
    )


class Answer:
    """One answer of a provider, in the shape that ``requests`` gives."""

    def __init__(self, raw, status=200, headers=None):
        self.raw, self.status_code, self.headers = raw, status, headers or {}

    def __enter__(self):
        return self

    def __exit__(self, *_args):
        return None

    def iter_content(self, _size):
        yield self.raw


def answer(entry):
    return Answer(read(entry["file"]), entry["http_status"], entry.get("headers"))


@tagged("post_install", "-at_install")
class TestConnectMeta(BaseCase):
    """Meta's Graph against samples of its real shapes (``samples/providers/meta``)."""

    def _call(self, reply, function, *args, **credentials):
        """What the function makes of the reply, and what it asked for."""
        api = make_api(**credentials)
        session = SimpleNamespace(request=None, mount=lambda *_args: None)
        with patch.object(http.requests, "Session", lambda: session):
            calls = []

            def request(method, url, **kwargs):
                calls.append((method, url, kwargs))
                return reply

            session.request = request
            return function(api, *args), calls

    def test_doctests(self):
        check_doctests(
            self,
            meta,
            meta_codes,
            meta_events,
            meta_insights,
            meta_leads,
            meta_messages,
            meta_tree,
        )

    def test_webhooks_are_verified_and_read(self):
        for entry in entries("webhook"):
            with self.subTest(entry["id"]):
                self._check_webhook(entry, entry["expect"])

    def _check_webhook(self, entry, expect):
        api, raw = make_api(app_secret=entry["secret"]), read(entry["file"])
        is_signed = api.verify(raw, entry["headers"])
        accepted = expect["accepted"]
        self.assertEqual(is_signed, accepted is not False)
        if not is_signed:
            return
        try:
            events = api.read_events(payload.parse_json(raw), entry["headers"])
        except payload.PayloadError:
            self.assertNotEqual(expect["status"], 200)
            return
        if accepted is None:
            self.assertEqual(events, [])
            return
        self.assertEqual([event.key for event in events], expect["keys"])
        for event in events:
            self.assertEqual(
                event.account_ref, expect.get("page_id", "109900000000101")
            )
            if "psid" in expect:
                self._check_message(event, expect)

    def _check_message(self, event, expect):
        said = event.payload["text"]
        self.assertEqual(event.external_id, expect["psid"])
        self.assertEqual(event.payload["ad_id"], expect["ad"])
        self.assertEqual(
            meta_messages.parse_phones(said).numbers, (expect["phone_in_text"],)
        )

    def test_the_address_is_proven(self):
        for entry in entries("verify"):
            with self.subTest(entry["id"]):
                api = make_api(verify_token=entry["verify_token"])
                self.assertEqual(
                    api.challenge(entry["query"]), entry["expect"].get("body")
                )
        query = entries("verify")[0]["query"]
        self.assertIsNone(make_api().challenge(query), "no token set: refused")

    def test_every_call_has_its_proof(self):
        me = Answer(b'{"name": "L\xc3\xa1 Xanh", "id": "1"}')
        name, [(method, url, kwargs)] = self._call(me, meta.MetaApi.test)
        self.assertEqual((name, method), ("Lá Xanh", "GET"))
        self.assertEqual(url, f"https://graph.facebook.com/{meta.VERSION}/me")
        self.assertEqual(kwargs["params"]["access_token"], TOKEN)
        self.assertEqual(len(kwargs["params"]["appsecret_proof"]), 64)
        _name, [(_method, url, kwargs)] = self._call(
            me,
            meta.MetaApi.test,
            app_secret="appsecret",
            access_token="TOKEN",
            api_version="v25.0",
        )
        self.assertIn("/v25.0/", url)
        self.assertEqual(
            kwargs["params"]["appsecret_proof"],
            "5ce7e27778ee701854c15400a27248a17dca845fae4a6a40efc6de3c6e504067",
        )

    def test_replies_are_judged(self):
        for entry in entries("reply"):
            wanted = entry["expect"].get("error_class")
            with self.subTest(entry["id"]):
                error = self._judge(answer(entry))
                self.assertEqual(error and type(error).__name__, wanted)
                self.assertNotIn(TOKEN, str(error))
                if entry["id"] == "meta.error_17_user_limit":
                    self.assertEqual(error.retry_after, 420)

    def _judge(self, reply):
        try:
            self._call(reply, meta_leads.fetch_lead, "8329498364660253")
        except errors.ApiError as error:
            return error
        return None

    def test_a_missing_permission_is_named(self):
        body = {"error": {"message": "(#200) no rights", "code": 200}}
        error = self._judge(Answer(json.dumps(body).encode(), 403))
        self.assertIsInstance(error, errors.Permanent)
        self.assertIn("leads_retrieval", error.permissions)

    def test_tokens_are_in_no_error(self):
        body = {"error": {"message": f"bad token {TOKEN}", "code": 190}}
        for reply in (
            Answer(json.dumps(body).encode(), 400),
            Answer(f'{{"next": "https://g?access_token={TOKEN}"'.encode()),
            Answer(f"access_token={TOKEN}".encode(), 500),
        ):
            error = self._judge(reply)
            self.assertTrue(str(error))
            self.assertNotIn(TOKEN, str(error))

    def test_a_nearly_used_allowance_is_told_with_the_answer(self):
        def fetch(api):
            meta_leads.fetch_lead(api, "1")
            return api.wait

        headers = {"X-App-Usage": '{"call_count": 76}'}
        self.assertEqual(self._call(Answer(b'{"id": 1}', 200, headers), fetch)[0], 300)
        headers = {"X-App-Usage": '{"call_count": 75}'}
        self.assertIsNone(self._call(Answer(b'{"id": 1}', 200, headers), fetch)[0])

    def test_leads_are_read(self):
        for entry in entries("reply", "lead"):
            wanted = entry["expect"]["lead"]
            with self.subTest(entry["id"]):
                lead, calls = self._call(
                    answer(entry), meta_leads.fetch_lead, wanted["external_ref"]
                )
                self.assertTrue(calls[0][1].endswith(entry["request"]["path"]))
                row = lead.get_row()
                got = {
                    "external_ref": lead.external_ref,
                    "name": row.name,
                    "phone": row.phones[0] if row.phones else None,
                    "email": row.email,
                    "ad": lead.ad_ref,
                    "form": lead.form_ref,
                    "created_utc": str(lead.created),
                    "reason": row.reason,
                }
                self.assertEqual(got, got | {k: wanted[k] for k in got if k in wanted})
        self.assertEqual(row.is_test, True, "the last one is a test lead")

    def test_questions_go_into_the_note(self):
        entry = next(one for one in MANIFEST if one["id"] == "meta.lead_3")
        lead, _calls = self._call(answer(entry), meta_leads.fetch_lead, "1")
        row = lead.get_row()
        self.assertEqual(row.phones, ("+84825156169", "+84763092960"))
        self.assertEqual(
            row.note,
            "bạn đang gặp vấn đề gì về da?: chưa biết\nsở thích: serum, kem chống nắng",
        )

    def test_form_leads_come_by_pages(self):
        cursor = None
        pages = [
            one for one in entries("reply", "leads") if "form_leads" in one["file"]
        ]
        for entry in pages:
            (leads, cursor), [(_method, _url, kwargs)] = self._call(
                answer(entry),
                meta_leads.fetch_form_leads,
                "880000000000201",
                1700000000,
                cursor,
            )
            self.assertEqual(
                [lead.external_ref for lead in leads], entry["expect"]["leads"]
            )
            self.assertEqual(bool(cursor), entry["expect"]["more"])
            self.assertEqual(
                json.loads(kwargs["params"]["filtering"])[0]["value"], 1700000000
            )
            self.assertNotIn(TOKEN, cursor or "")
        self.assertEqual(kwargs["params"]["after"], "QVFIDUMMYK1A1")

    def test_the_ad_tree_is_read(self):
        calls = {
            "accounts": (meta_tree.fetch_accounts,),
            "campaigns": (meta_tree.fetch_campaigns, "990000000000011", "VND"),
            "ads": (meta_tree.fetch_ads, "990000000000011"),
        }
        for kind, (function, *args) in calls.items():
            for entry in entries("reply", kind):
                with self.subTest(entry["id"]):
                    (found, cursor), [(_method, url, _kwargs)] = self._call(
                        answer(entry), function, *args
                    )
                    self.assertTrue(url.endswith(entry["request"]["path"]))
                    self.assertEqual(bool(cursor), entry["expect"]["more"])
                    self.assertEqual(
                        [self._describe(one) for one in found], entry["expect"][kind]
                    )

    def _describe(self, thing):
        names = {
            "AdAccount": {"external_ref": "external_ref", "name": "name"}
            | {"currency": "currency"},
            "Campaign": {"external_ref": "external_ref", "name": "name"}
            | {"running": "is_running"},
            "Ad": {"external_ref": "external_ref", "name": "name"}
            | {"campaign": "campaign_ref", "running": "is_running"},
        }[type(thing).__name__]
        return {key: getattr(thing, name) for key, name in names.items()}

    def test_budgets_are_in_small_units(self):
        entry = entries("reply", "campaigns")[0]
        for currency, share in (("VND", 1), ("USD", 100)):
            (found, _cursor), _calls = self._call(
                answer(entry), meta_tree.fetch_campaigns, "1", currency
            )
            self.assertEqual(found[0].daily_budget, Decimal(600000) / share)
            self.assertIsNone(found[0].lifetime_budget)

    def test_insights_add_up(self):
        spend_by_ad = {}
        for entry in entries("reply", "impressions"):
            with self.subTest(entry["id"]):
                wanted = entry["expect"]
                (rows, cursor), _calls = self._call(
                    answer(entry),
                    meta_insights.fetch_insights,
                    "990000000000011",
                    date(2026, 10, 13),
                )
                self.assertEqual(len(rows), wanted["rows"])
                self.assertEqual(bool(cursor), wanted["more"])
                for name in ("spend", "impressions", "clicks", "leads", "messages"):
                    total = sum(row.figures[name] for row in rows)
                    self.assertEqual(total, wanted[name], name)
                for row in rows:
                    ref = row.ad["ad_ref"]
                    spend_by_ad[ref] = spend_by_ad.get(ref, 0) + row.figures["spend"]
        [whole] = entries("sum")
        self.assertEqual(spend_by_ad, whole["expect"]["spend_by_ad"])
        self.assertEqual(sum(spend_by_ad.values()), whole["expect"]["spend"])

    def test_stages_leave_hashed_and_once(self):
        event = meta_events.StageEvent(
            "e1", "8329498364660253", "won", 1793192513, "0828 915 365", "A@B.vn"
        )
        reply = Answer(b'{"events_received": 1}')
        count, [(method, url, kwargs)] = self._call(
            reply, meta_events.send_events, "777", [event], "TEST1"
        )
        self.assertEqual((count, method), (1, "POST"))
        self.assertTrue(url.endswith("/777/events"))
        body = json.loads(kwargs["data"])
        self.assertEqual(body["test_event_code"], "TEST1")
        [sent] = body["data"]
        digest = hashlib.sha256(b"84828915365").hexdigest()
        self.assertEqual(sent["user_data"]["ph"], [digest])
        self.assertEqual(sent["user_data"]["lead_id"], 8329498364660253)
        self.assertNotIn(b"828915365", kwargs["data"])
        with self.assertRaises(errors.Ambiguous):
            self._call(Answer(b"{", 502), meta_events.send_events, "777", [event])
