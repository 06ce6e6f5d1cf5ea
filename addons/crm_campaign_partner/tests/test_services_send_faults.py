import json

from odoo.tests import tagged

from ..services.send import errors, esms, http, omicall, payload, pbx, speedsms, zalo
from .common_send import (
    APIS,
    CREDENTIALS,
    PHONE,
    SAMPLES,
    Provider,
    SendCase,
    entries,
    make_api,
)

ODD = (None, [], "x", 7, {}, {"error": {}}, {"data": []}, {"r": "x"}, {"message": [1]})


@tagged("post_install", "-at_install")
class TestServicesSendFaults(SendCase):
    """What a line, a provider or a stranger may do to the senders."""

    def test_faults_of_the_line(self):
        self.assertEqual(http.TIMEOUT, (5, 20))
        cases = [
            (None, errors.Ambiguous),
            ((200, {}, b"<html>"), errors.Ambiguous),
            ((200, {}, b""), errors.Ambiguous),
            ((502, {}, b"bad gateway"), errors.Ambiguous),
            ((302, {"Location": self.server.address}, b""), errors.Permanent),
            ((429, {"Retry-After": "9"}, b""), errors.Throttled),
        ]
        for name in APIS:
            api = make_api(name, self.server.address)
            for answer, kind in cases:
                with self.subTest(name, answer=answer):
                    self._check_fault(api, answer, kind)

    def _check_fault(self, api, answer, kind):
        self.server.answer, before = answer, len(self.server.asked)
        with self.assertRaises(kind):
            self._send(api)
        self.assertEqual(len(self.server.asked), before + 1, "sent once, never again")

    def _send(self, api):
        if isinstance(api, esms.EsmsApi):
            return api.send_sms(PHONE, "Xin chao", "r1")
        if isinstance(api, zalo.ZaloApi):
            return api.send_template(PHONE, "20001", {}, "t1")
        return api.call_out("sale01", PHONE, "member:17")

    def test_a_line_that_never_came_about_sent_nothing(self):
        dead = Provider()
        dead.shutdown()
        dead.server_close()
        for name in APIS:
            with self.subTest(name), self.assertRaises(errors.Transient):
                self._send(make_api(name, dead.address))

    def test_an_answer_that_only_reads_may_be_asked_again(self):
        for name in APIS:
            self.server.answer = 503, {}, b""
            with self.subTest(name), self.assertRaises(errors.Transient):
                make_api(name, self.server.address).test()

    def test_an_answer_with_the_secret_does_not_show_it(self):
        secret = CREDENTIALS["zalo"]["access_token"]
        answer = {"error": -108, "message": f"token {secret} of nobody"}
        self.server.answer = 200, {}, json.dumps(answer).encode()
        with self.assertRaises(errors.Permanent) as raised:
            self._send(make_api("zalo", self.server.address))
        self.assertEqual(str(raised.exception), "token *** of nobody")

    def test_odd_answers_are_typed_errors(self):
        makers = [*APIS.values(), speedsms.SpeedsmsApi, omicall.OmicallApi]
        for make in makers:
            for body in ODD:
                for status in (200, 400, 404):
                    reply = http.Reply(status, body)
                    with self.subTest(make, body=body, status=status):
                        self.assertRaises(errors.ApiError, make({}).check, reply)

    def test_odd_bodies_are_refused_or_ignored(self):
        makers = [*APIS.values(), speedsms.SpeedsmsApi, omicall.OmicallApi, pbx.PbxApi]
        odd = [
            *ODD,
            {"event_name": ["x"]},
            {"event_name": "follow", "follower": 7},
            {"type": "stringee_call", "call_status": {}, "call_id": []},
            {"type": "stringee_call", "call_status": "ended", "call_id": 1, "to": 7},
            {"type": "report", "tranId": 1, "status": "x"},
            {"call_uuid": "1", "state": []},
            {"call_uuid": {}, "state": "hangup"},
            {"call_uuid": [1], "state": "hangup"},
            {"transaction_id": "1", "created_date": 10**30, "duration": "1e300"},
            {"SMSID": {}, "SendStatus": []},
            {"callid": "1", "calldate": "no day", "billsec": "-5", "status": "?"},
        ]
        for make in makers:
            for body in odd:
                with self.subTest(make, body=body):
                    try:
                        events = make({}).read_events(body)
                    except payload.PayloadError:
                        continue
                    self.assertTrue(all(event.key for event in events))

    def test_a_sample_with_one_odd_value_raises_nothing_else(self):
        samples = [
            (APIS[entry["provider"]], (SAMPLES / entry["file"]).read_bytes())
            for entry in entries("webhook")
        ]
        samples += [
            (esms.EsmsApi, json.dumps(entry["query"]).encode())
            for entry in entries("callback_get")
        ]
        for make, raw in samples:
            good = payload.parse_json(raw)
            for name in good:
                for value in (None, [], {}, [{"id": []}], "x", -1, True, 10**40):
                    with self.subTest(make, name=name, value=value):
                        try:
                            make({}).read_events({**good, name: value})
                        except payload.PayloadError:
                            continue
