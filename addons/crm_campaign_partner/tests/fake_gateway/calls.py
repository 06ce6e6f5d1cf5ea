"""Stringee, OMICall and a telephone system as they are common here (apis.md §4)."""

import base64
import hashlib
import hmac
import json
import time


class Stringee:
    """Calls with a signed token; signed events."""

    NAME = "stringee"
    PATHS = ("/v1/call", "/v1/sms")
    FAULTS = {"not_allowed": {"r": 3, "message": "Number is not allowed"}}

    def __init__(self):
        self.key, self.secret, self.webhook_secret = "SK1", "SSECRET", "SIGNKEY"
        self.calls = []
        # the list of calls, page by page
        self.pages = [[]]

    def answer(self, request):
        """The reply to a call."""
        if not self._is_signed(request.headers.get("x-stringee-auth", "")):
            return 401, {"r": 1, "message": "Unauthorized"}
        if request.path == "/v1/call/log":
            page = int(request.query.get("page", 1))
            data = {
                "totalCalls": sum(map(len, self.pages)),
                "totalPages": len(self.pages),
                "currentPage": page,
                "calls": self.pages[page - 1],
            }
            return {"r": 0, "data": data}
        self.calls.append(request.json)
        return {"r": 0, "message": "SUCCESS", "call_id": f"S{len(self.calls)}"}

    def _is_signed(self, token):
        message, _dot, signature = token.rpartition(".")
        mac = hmac.new(self.secret.encode(), message.encode(), "sha256").digest()
        expected = base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
        return bool(message) and signature == expected

    def list(self, number, phone, start, talk=0, is_over=True):
        """An item of the list; ``start`` in unix milliseconds."""
        over = {
            "answer_time": start + 5000 if talk else 0,
            "stop_time": start + 5000 + talk * 1000,
        }
        return {
            "id": number,
            "from_number": "842871000000",
            "to_number": phone,
            "start_time": start,
            **(over if is_over else {}),
        }

    def event(self, number, status, **values):
        """Body and headers of the event of that call."""
        call = self.calls[number - 1]
        action = call["actions"][0]
        body = {
            "type": "stringee_call",
            "call_status": status,
            "call_id": f"S{number}",
            "timestamp_ms": int(time.time() * 1000),
            "from": call["from"],
            "to": action["to"],
            "clientCustomData": action["customData"],
            **values,
        }
        return self.sign(body)

    def sign(self, body):
        """Body and headers of any event."""
        raw = json.dumps(body).encode()
        mac = hmac.new(self.webhook_secret.encode(), raw, hashlib.sha1).digest()
        return raw, {"X-STRINGEE-SIGNATURE": base64.b64encode(mac).decode()}


class Omicall:
    """A token by the key; click-to-call; unsigned reports."""

    NAME = "omicall"
    PATHS = ("/api/auth", "/api/click2call", "/api/webhooks", "/api/call_transaction")
    FAULTS = {"busy": {"status_code": -1, "key": "user_busy", "message": "busy"}}

    def __init__(self):
        self.key, self.token = "OMIKEY", "OMITOKEN"
        self.calls, self.hooks = [], []
        self.items = []

    def answer(self, request):
        """The reply to a call."""
        if request.path == "/api/auth":
            if request.query.get("apiKey") != self.key:
                return 401, {"status_code": -1, "key": "unauthorized"}
            return {"status_code": 9999, "payload": {"access_token": self.token}}
        if self.token not in request.headers.get("authorization", ""):
            return 401, {"status_code": -1, "key": "unauthorized"}
        if request.path == "/api/webhooks/register":
            self.hooks.append(request.json["webhook"])
            return {"status_code": 9999, "payload": {}}
        if request.path == "/api/call_transaction/list":
            return {
                "status_code": 9999,
                "payload": {"items": self.items, "has_next": False},
            }
        self.calls.append(request.json)
        payload = {"call_uuid": f"O{len(self.calls)}"}
        return {"status_code": 9999, "payload": payload}

    def running(self, number, state):
        """Body of the report of that call while it goes on."""
        call = self.calls[number - 1]
        return {
            "call_uuid": f"O{number}",
            "state": state,
            "direction": "outbound",
            "from_number": call["extension"],
            "to_number": call["phone_number"],
        }

    def over(self, number, disposition="answered", seconds=30):
        """Body of the report of that call when it is over; an item of the list too."""
        call = self.calls[number - 1]
        return {
            "transaction_id": f"O{number}",
            "direction": "outbound",
            "sip_user": call["extension"],
            "destination_number": call["phone_number"],
            "disposition": disposition,
            "bill_sec": seconds,
            "duration": seconds + 10,
            "created_date": int(time.time() * 1000),
            "recording_file_url": "https://omicall.example/rec/1.mp3",
        }


class Pbx:
    """A call is an address; the report comes as a query."""

    NAME = "pbx"
    PATHS = ("/pbx/",)
    FAULTS = {}

    def __init__(self):
        self.calls = []

    def answer(self, request):
        """The reply to a call."""
        self.calls.append(request.query)
        return {"callid": f"P{len(self.calls)}"}

    def report(self, number, status="ANSWERED", seconds=65):
        """The query that reports the call of that number."""
        call = self.calls[number - 1]
        return {
            "callid": f"P{number}",
            "calldate": "2026-03-02 12:01:00",
            "extension": call["ext"],
            "phone": call["to"],
            "status": status,
            "billsec": str(seconds),
            "recordingfile": "https://pbx.example/rec/1.mp3",
        }
