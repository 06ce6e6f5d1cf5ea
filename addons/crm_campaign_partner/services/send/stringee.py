"""Stringee: calls, their events and their list; SMS.

Every call of ours carries a short-lived token, signed with the account's secret. Events
come in any order and are signed with a key of their own.
"""

import time

from . import errors
from .payload import PayloadError, as_dict, dig, moment, records, text, whole
from .phone import to_e164, with_country
from .provider import CALL_STATES, Call, Event, SendApi, Sent
from .signing import make_jwt, verify_stringee

PAGE_SIZE = 100
_TOKEN_SECONDS = 600
_BUSY = "486"


class StringeeApi(SendApi):
    """Stringee; credentials ``api_key`` (SID), ``api_secret``, ``webhook_secret`` (the
    signing key), ``hotline`` and ``brand_name`` (of SMS).
    """

    HOSTS = {"api": "https://api.stringee.com"}
    SECRETS = ("api_secret", "webhook_secret")

    # ------------------------------------------------------------
    # CALLS
    # ------------------------------------------------------------

    def make_token(self, now):
        """The token of a call at a moment (unix seconds).

        >>> import base64, json
        >>> token = StringeeApi({"api_key": "SK1", "api_secret": "s"}).make_token(100)
        >>> for part in token.split(".")[:2]:
        ...     print(base64.urlsafe_b64decode(part + "==").decode())
        {"alg":"HS256","typ":"JWT","cty":"stringee-api;v=1"}
        {"jti":"SK1-100","iss":"SK1","exp":700,"rest_api":true}
        """
        key = self.credentials.get("api_key")
        claims = {
            "jti": f"{key}-{now}",
            "iss": key,
            "exp": now + _TOKEN_SECONDS,
            "rest_api": True,
        }
        secret = self.credentials.get("api_secret") or ""
        return make_jwt(secret, claims, {"cty": "stringee-api;v=1"})

    def call_out(self, seller, phone, reference):
        """Ring our person, then the customer.

        :param seller: name of a Stringee user, or the E.164 number to ring
        :param phone: the customer's, E.164
        :param reference: our id, which the events give back
        :return: ``Sent`` in state ``sending``
        """
        own = to_e164(seller)
        ring = _side(with_country(own), "external") if own else _side(seller)
        hotline = _side(with_country(self.credentials.get("hotline")), "external")
        connect = {
            "action": "connect",
            "from": hotline,
            "to": _side(with_country(phone), "external"),
            "customData": reference,
        }
        body = {"from": hotline, "to": [ring], "actions": [connect]}
        return self.read_sent(self._call("POST", "/v1/call2/callout", json=body))

    def read_sent(self, reply):
        """``Sent`` of a good reply to a call."""
        return Sent(text(self.check(reply).get("call_id")), "sending")

    def fetch_calls(self, since, until, page=1):
        """One page of the calls of a period (unix seconds).

        :return: ``(list of Call, number of the next page or None)``
        """
        reply = self._call(
            "GET",
            "/v1/call/log",
            params={
                "from_date": since,
                "to_date": until,
                "page": page,
                "limit": PAGE_SIZE,
            },
            repeatable=True,
        )
        return self.read_calls(reply)

    def read_calls(self, reply):
        """What ``fetch_calls`` gives, of a good reply."""
        data = as_dict(self.check(reply).get("data"))
        calls = [self._read_logged(item) for item in records(data.get("calls"))]
        page, pages = whole(data.get("currentPage"), 1), whole(data.get("totalPages"))
        return [call for call in calls if call], page + 1 if page < pages else None

    def send_sms(self, phone, body):
        """Send one SMS under the brand name; ``Sent``."""
        sender = self.credentials.get("brand_name") or self.credentials.get("hotline")
        message = {"from": sender, "to": with_country(phone), "text": body}
        reply = self._call("POST", "/v1/sms", json={"sms": [message]})
        return self.read_sms_sent(reply)

    def read_sms_sent(self, reply):
        """``Sent`` of a good reply to an SMS.

        >>> from .http import Reply
        >>> api, refused = StringeeApi({}), [{"r": 5, "msg": "BRANDNAME"}]
        >>> api.read_sms_sent(Reply(200, {"smsSent": 1, "result": [{"r": 0}]})).state
        'sent'
        >>> try:
        ...     api.read_sms_sent(Reply(200, {"smsSent": 0, "result": refused}))
        ... except errors.Permanent as error:
        ...     print(error)
        BRANDNAME
        """
        body = as_dict(reply.body)
        first = dig(body, "result", 0)
        if reply.status < 400 and isinstance(first, dict):
            if whole(first.get("r"), None) != 0:
                message = self.shown(text(first.get("msg")), reply)
                raise errors.Permanent(message, text(first.get("r")))
            return Sent(text(first.get("id")))
        self.check(reply)
        raise errors.Ambiguous(self.shown(None, reply), reply.status)

    def test(self):
        params = {"page": 1, "limit": 1}
        reply = self._call("GET", "/v1/call/log", params=params, repeatable=True)
        return text(dig(self.check(reply), "data", "totalCalls")) or "ok"

    def _call(self, method, path, **options):
        headers = {"X-STRINGEE-AUTH": self.make_token(int(time.time()))}
        return self.client().call(method, path, headers=headers, **options)

    def check(self, reply):
        body = as_dict(reply.body)
        code = whole(body.get("r"), None)
        if code == 0 and reply.status < 400:
            return body
        message = self.shown(text(body.get("message")), reply)
        if reply.status in (401, 403):
            raise errors.AccountFault(message, reply.status)
        if code is None and reply.status < 400:
            raise errors.Ambiguous(message, reply.status)
        raise errors.Permanent(message, reply.status if code is None else code)

    # ------------------------------------------------------------
    # EVENTS
    # ------------------------------------------------------------

    def verify(self, raw, headers):
        signature = headers.get("X-STRINGEE-SIGNATURE")
        return verify_stringee(raw, signature, self.credentials.get("webhook_secret"))

    def read_events(self, payload):
        if not isinstance(payload, dict):
            raise PayloadError("no event")
        state, number = (
            text(payload.get("call_status"), 32),
            text(payload.get("call_id")),
        )
        if payload.get("type") != "stringee_call" or state not in CALL_STATES:
            return []
        if not number:
            raise PayloadError("no id of the call")
        call = self._read_event_call(number, payload, state == CALL_STATES[-1])
        return [
            Event(
                "call",
                f"{number}|{state}",
                provider_id=number,
                tracking_id=call.reference,
                state=state,
                phone=call.phone,
                time=moment(payload.get("timestamp_ms")),
                call=call,
            )
        ]

    def _read_event_call(self, number, payload, is_over):
        told = moment(payload.get("timestamp_ms"))
        phone, extension, direction = self._read_sides(payload)
        talk = whole(payload.get("answerDuration"))
        cause = text(payload.get("endCallCause")) or ""
        return Call(
            number,
            direction,
            phone,
            extension,
            started=told if payload.get("call_status") == CALL_STATES[0] else None,
            answered=told if payload.get("call_status") == "answered" else None,
            ended=told if is_over else None,
            talk_seconds=talk,
            disposition=_read_disposition(talk, cause) if is_over else None,
            reference=text(payload.get("clientCustomData"))
            or text(payload.get("customData")),
        )

    def _read_sides(self, payload):
        """The customer's number, our person and the direction."""
        sides = {"to": as_dict(payload.get("to")), "from": as_dict(payload.get("from"))}
        inside = [s for s in sides.values() if s.get("type") == "internal"]
        extension = text(inside[0].get("number"), 64) if inside else None
        for name, side in sides.items():
            phone = to_e164(side.get("number"))
            if side.get("type") == "external" and phone and not self._is_own(phone):
                return phone, extension, "outbound" if name == "to" else "inbound"
        return None, extension, "outbound"

    def _read_logged(self, item):
        number = text(item.get("id"))
        if not number:
            return None
        caller, called = (
            to_e164(item.get("from_number")),
            to_e164(item.get("to_number")),
        )
        is_inbound = bool(called) and self._is_own(called)
        answered, ended = moment(item.get("answer_time")), moment(item.get("stop_time"))
        talk = int((ended - answered).total_seconds()) if answered and ended else 0
        return Call(
            number,
            "inbound" if is_inbound else "outbound",
            caller if is_inbound else called,
            started=moment(item.get("start_time")),
            answered=answered,
            ended=ended,
            talk_seconds=talk,
            disposition=_read_disposition(answered, "") if ended else None,
        )

    def _is_own(self, phone):
        return phone == to_e164(self.credentials.get("hotline"))


def _side(number, kind="internal"):
    return {"type": kind, "number": number, "alias": number}


def _read_disposition(is_answered, cause):
    """How a call that is over went.

    >>> _read_disposition(65, ""), _read_disposition(0, "486 Busy Here")
    ('answered', 'busy')
    >>> _read_disposition(None, "")
    'missed'
    """
    if is_answered:
        return "answered"
    return "busy" if cause.startswith(_BUSY) else "missed"
