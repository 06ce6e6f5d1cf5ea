import doctest
import json
from urllib.parse import parse_qsl, urlsplit

from odoo.tests import tagged

from ..services.send import (
    errors,
    esms,
    hosts,
    http,
    message,
    omicall,
    payload,
    pbx,
    phone,
    provider,
    scrub,
    signing,
    speedsms,
    stringee,
    zalo,
)
from .common_send import (
    APIS,
    CREDENTIALS,
    MANIFEST,
    PHONE,
    SAMPLES,
    SendCase,
    entries,
    make_api,
)

MODULES = (
    errors,
    esms,
    hosts,
    http,
    message,
    omicall,
    payload,
    pbx,
    phone,
    provider,
    scrub,
    signing,
    speedsms,
    stringee,
    zalo,
)


@tagged("post_install", "-at_install")
class TestServicesSend(SendCase):
    """The senders against samples of their real shapes (``samples/providers``)."""

    def test_doctests(self):
        for module in MODULES:
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 0, module.__name__)
            self.assertEqual(result.failed, 0, module.__name__)

    def test_every_sample_is_tested(self):
        kinds = {"reply", "webhook", "callback_get"}
        self.assertEqual({entry["kind"] for entry in MANIFEST}, kinds)
        self.assertEqual({entry["provider"] for entry in MANIFEST}, set(APIS))
        self.assertEqual(len(MANIFEST), 47)

    # ------------------------------------------------------------
    # OUR CALLS
    # ------------------------------------------------------------

    def test_calls_and_what_their_answers_mean(self):
        for entry in entries("reply"):
            with self.subTest(entry["id"]):
                answer = (SAMPLES / entry["file"]).read_bytes()
                self.server.answer = entry["http_status"], {}, answer
                self._check_reply(entry, entry["expect"])

    def _check_reply(self, entry, expect):
        kind = getattr(errors, expect.get("error_class", ""), None)
        if kind:
            with self.assertRaises(kind) as raised:
                self._do(entry)
            self.assertEqual(raised.exception.state, expect.get("state", "failed"))
            text = str(raised.exception)
            for secret in CREDENTIALS[entry["provider"]].values():
                self.assertNotIn(secret, text)
        else:
            self._check_result(self._do(entry), expect)
        self._check_asked(entry.get("request") or {})

    def _do(self, entry):
        api = make_api(entry["provider"], self.server.address)
        if entry["id"].startswith("zalo.token"):
            return api.refresh()
        if entry["id"] == "stringee.call_log":
            return api.fetch_calls(1791200000, 1791300000)
        if entry["provider"] == "stringee":
            return api.call_out("sale01", PHONE, "member:17")
        asked = entry["request"]["json"]
        if entry["provider"] == "esms":
            number = phone.to_e164(asked["Phone"])
            return api.send_sms(number, asked["Content"], asked["RequestId"])
        return api.send_template(
            f"+{asked['phone']}",
            asked["template_id"],
            asked["template_data"],
            asked["tracking_id"],
        )

    def _check_result(self, result, expect):
        if "access_token" in expect:
            pair = result.access_token, result.refresh_token, result.seconds
            names = ("access_token", "refresh_token", "expires_in")
            self.assertEqual(pair, tuple(expect[name] for name in names))
        elif "calls" in expect:
            calls, following = result
            self.assertEqual([call.external_id for call in calls], expect["calls"])
            self.assertEqual(following is not None, expect["more"])
            self.assertEqual([call.talk_seconds for call in calls], [65, 0])
            self.assertEqual(
                [call.disposition for call in calls], ["answered", "missed"]
            )
            self.assertEqual({call.phone for call in calls}, {"+84782469548"})
        else:
            self.assertEqual(result.state, expect["state"])
            self.assertEqual(result.provider_id, expect.get("provider_id"))
            self.assertEqual(result.quota, expect.get("remaining_quota"))

    def _check_asked(self, request):
        method, path, headers, body = self.server.asked[-1]
        self.assertEqual(method, request.get("method", method))
        self.assertEqual(urlsplit(path).path, request.get("path", path))
        for name, value in request.get("headers", {}).items():
            self.assertEqual(headers[name], value)
        if "json" in request:
            self.assertEqual(json.loads(body), request["json"])
        if "form" in request:
            self.assertEqual(dict(parse_qsl(body.decode())), request["form"])

    def test_stringee_rings_the_seller_then_the_customer(self):
        self.server.answer = 200, {}, b'{"r":0,"call_id":"c1"}'
        api = make_api("stringee", self.server.address)
        api.call_out("sale01", PHONE, "member:17")
        headers, body = self.server.asked[-1][2:]
        asked = json.loads(body)
        self.assertEqual(asked["to"][0]["type"], "internal")
        self.assertEqual(asked["to"][0]["number"], "sale01")
        self.assertEqual(asked["from"]["number"], "842873000001")
        self.assertEqual(asked["actions"][0]["to"]["number"], "84361907676")
        self.assertEqual(asked["actions"][0]["customData"], "member:17")
        self.assertEqual(headers["X-STRINGEE-AUTH"].count("."), 2)
        api.call_out("+84901234567", PHONE, "member:17")
        asked = json.loads(self.server.asked[-1][3])
        self.assertEqual(asked["to"][0]["type"], "external")
        self.assertEqual(asked["to"][0]["number"], "84901234567")

    def test_advertising_in_vietnamese_goes_as_such(self):
        self.server.answer = 200, {}, b'{"CodeResult":"100","SMSID":"s1"}'
        api = make_api("esms", self.server.address)
        address = "https://a.example/sms/secret"
        api.send_sms(PHONE, "[QC] Giảm giá", "r1", True, address)
        asked = json.loads(self.server.asked[-1][3])
        self.assertEqual((asked["SmsType"], asked["IsUnicode"]), ("1", "1"))
        self.assertEqual(asked["Content"], "[QC] Giảm giá")
        self.assertEqual(asked["CallbackUrl"], address)

    def test_speedsms_and_omicall(self):
        api = speedsms.SpeedsmsApi(
            {"access_token": "dummy-speed"}, {"api": self.server.address}
        )
        answer = {"status": "success", "code": "00", "data": {"tranId": 7}}
        self.server.answer = 200, {}, json.dumps(answer).encode()
        self.assertEqual(api.send_sms(PHONE, "Xin chao").provider_id, "7")
        headers, body = self.server.asked[-1][2:]
        self.assertEqual(headers["Authorization"], "Basic ZHVtbXktc3BlZWQ6eA==")
        self.assertEqual(json.loads(body)["to"], ["84361907676"])
        self.server.answer = 429, {"X-Rate-Limit-Reset": "41"}, b"{}"
        with self.assertRaises(errors.Throttled) as raised:
            api.send_sms(PHONE, "Xin chao")
        self.assertEqual(raised.exception.retry_after, 41)

        keys = {"api_key": "dummy-omi", "access_token": "T1", "hotline": "0873000001"}
        api = omicall.OmicallApi(keys, {"api": self.server.address})
        answer = {"status_code": 9999, "payload": {"access_token": "T2"}}
        self.server.answer = 200, {}, json.dumps(answer).encode()
        self.assertEqual(api.refresh().access_token, "T2")
        self.assertEqual(self.server.asked[-1][1], "/api/auth?apiKey=dummy-omi")
        answer = {"status_code": 9999, "payload": {"call_uuid": "u1"}}
        self.server.answer = 200, {}, json.dumps(answer).encode()
        self.assertEqual(api.call_out("101", PHONE).provider_id, "u1")
        headers, body = self.server.asked[-1][2:]
        self.assertEqual(headers["Authorization"], "Bearer T1")
        self.assertEqual(json.loads(body)["phone_number"], "0361907676")
        self.server.answer = 401, {}, b"{}"
        with self.assertRaises(errors.TokenExpired):
            api.call_out("101", PHONE)
        with self.assertRaises(errors.AccountFault):
            api.refresh()

    def test_any_telephone_system(self):
        credentials = {
            "call_url": f"{self.server.address}/c2c?k={{api_key}}&from={{extension}}",
            "call_method": "POST",
            "call_body": '{"to": {"no": "{phone}"}, "ref": "{reference}"}',
            "api_key": "a/b&c=secret",
            "id_path": "data.uuid",
        }
        self.server.answer = 202, {}, b'{"data":{"uuid":"z1"}}'
        sent = pbx.PbxApi(credentials).call_out("101", PHONE, 'x"y')
        self.assertEqual((sent.provider_id, sent.state), ("z1", "sending"))
        method, path, _headers, body = self.server.asked[-1]
        self.assertEqual(method, "POST")
        self.assertEqual(path, "/c2c?k=a%2Fb%26c%3Dsecret&from=101")
        asked = {"to": {"no": "0361907676"}, "ref": 'x"y'}
        self.assertEqual(json.loads(body), asked)
        self.server.answer = 200, {}, b"OK"
        self.assertIsNone(pbx.PbxApi(credentials).call_out("101", PHONE).provider_id)
        self.server.answer = None
        with self.assertRaises(errors.Ambiguous) as raised:
            pbx.PbxApi(credentials).call_out("101", PHONE)
        self.assertNotIn("secret", str(raised.exception))

    # ------------------------------------------------------------
    # WHAT THEY TELL US
    # ------------------------------------------------------------

    def test_webhooks_are_verified_and_read(self):
        known = {}
        for entry in entries("webhook"):
            with self.subTest(entry["id"]):
                self._check_webhook(entry, entry["expect"], known)

    def _check_webhook(self, entry, expect, known):
        api = make_api(entry["provider"], secret=entry["secret"])
        raw = (SAMPLES / entry["file"]).read_bytes()
        self.assertEqual(api.verify(raw, entry["headers"]), expect["accepted"])
        if not expect["accepted"]:
            return
        events = api.read_events(payload.parse_json(raw))
        self.assertEqual([event.key for event in events], expect["keys"])
        event = events[0]
        for name in ("user_id", "phone", "tracking_id"):
            if name in expect:
                self.assertEqual(getattr(event, name), expect[name])
        if "state" in expect:
            state = provider.later_state(known.get(event.provider_id), event.state)
            self.assertEqual(state, expect["state"])
            known[event.provider_id] = state
        if "talk_seconds" in expect:
            self.assertEqual(event.call.talk_seconds, expect["talk_seconds"])
            is_answered = event.call.disposition == "answered"
            self.assertEqual(is_answered, expect.get("answered", True))
        if event.call:
            self.assertEqual(event.call.extension, "sale01")
            self.assertEqual(event.call.reference, "member:17")
            self.assertEqual(event.call.direction, "outbound")

    def test_delivery_reports_of_esms(self):
        for entry in entries("callback_get"):
            with self.subTest(entry["id"]):
                [event] = make_api("esms").read_events(entry["query"])
                self.assertEqual([event.key], entry["expect"]["keys"])
                self.assertEqual(event.state, entry["expect"]["state"])
                self.assertEqual(event.phone, "+84326257014")
                self.assertEqual(event.reason, entry["query"].get("error_info"))
                self.assertEqual(event.tracking_id, entry["query"]["RequestId"])
