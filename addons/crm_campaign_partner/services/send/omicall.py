"""OMICall (ViHAT): click-to-call and the list of calls.

Its token lives a day and is had anew by the key. Its webhooks are unsigned: proven by
the secret part of the address.
"""

from datetime import timedelta

from . import errors
from .payload import PayloadError, as_dict, dig, moment, records, text, whole
from .phone import national, to_e164
from .provider import Call, Event, SendApi, Sent, Tokens

GOOD = "9999"
PAGE_SIZE = 50
_LIFETIME = 24 * 3600
# What the code of an error names; anything else is Permanent.
CODES = {
    "tenant_invalid": errors.AccountFault,
    "number_call_out_invalid": errors.AccountFault,
    "limit_request_30_minute": errors.Throttled,
    "user_busy": errors.Transient,
    "data_is_required": errors.Permanent,
    "user_not_registered": errors.Permanent,
    "extension_invalid": errors.Permanent,
    "do_not_call": errors.Permanent,
}
_WAITS = {"limit_request_30_minute": 1800}
_STATES = {"ringing": "ringing", "answered": "answered", "hangup": "ended"}
_DISPOSITIONS = {"answered": "answered", "cancelled": "missed", "busy": "busy"}


class OmicallApi(SendApi):
    """OMICall; credentials ``api_key``, ``access_token`` and ``hotline``."""

    HOSTS = {"api": "https://public-v1.omicall.com"}
    SECRETS = ("api_key", "access_token")
    # The longest period that one list may ask for, in seconds.
    WINDOW = 3 * 24 * 3600

    # ------------------------------------------------------------
    # CALLS
    # ------------------------------------------------------------

    def refresh(self):
        """New ``Tokens``, by the key."""
        params = {"apiKey": self.credentials.get("api_key")}
        reply = self.client().call("GET", "/api/auth", params=params, repeatable=True)
        token = text(dig(self._check_login(reply), "payload", "access_token"), 8192)
        if not token:
            raise errors.Transient("the answer holds no token", reply.status)
        return Tokens(token, _LIFETIME)

    def _check_login(self, reply):
        """As ``check``, but a key that is refused is not renewed by itself."""
        try:
            return self.check(reply)
        except errors.TokenExpired as error:
            raise errors.AccountFault(str(error), error.code) from None

    def call_out(self, extension, phone):
        """Ring our extension, then the customer; ``Sent`` in state ``sending``."""
        body = {
            "extension": extension,
            "hotline": self.credentials.get("hotline") or "",
            "phone_number": national(phone),
        }
        return self.read_sent(self._call("POST", "/api/click2call", json=body))

    def read_sent(self, reply):
        """``Sent`` of a good reply.

        >>> from .http import Reply
        >>> api, good = OmicallApi({}), {"status_code": 9999}
        >>> api.read_sent(Reply(200, {**good, "payload": {"call_uuid": "b4-1"}}))
        Sent(provider_id='b4-1', state='sending', quota=None)
        >>> bad = [(200, "user_busy"), (200, "extension_invalid"), (401, "")]
        >>> for status, key in [*bad, (200, "tenant_invalid")]:
        ...     try:
        ...         api.read_sent(Reply(status, {"status_code": -1, "key": key}))
        ...     except errors.ApiError as error:
        ...         print(type(error).__name__, error.code)
        Transient user_busy
        Permanent extension_invalid
        TokenExpired 401
        AccountFault tenant_invalid
        """
        return Sent(text(dig(self.check(reply), "payload", "call_uuid")), "sending")

    def fetch_calls(self, since, until, page=1):
        """One page of the calls of a period (unix seconds).

        :return: ``(list of Call, number of the next page or None)``
        """
        reply = self._call(
            "GET",
            "/api/call_transaction/list",
            params={
                "from_date": since * 1000,
                "to_date": until * 1000,
                "page": page,
                "size": PAGE_SIZE,
            },
            repeatable=True,
        )
        return self.read_calls(reply, page)

    def read_calls(self, reply, page=1):
        """What ``fetch_calls`` gives, of a good reply.

        >>> from .http import Reply
        >>> items = [{"transaction_id": "91", "disposition": "answered", "bill_sec": 7}]
        >>> payload = {"items": items, "has_next": True, "next_page": 2}
        >>> reply = Reply(200, {"status_code": 9999, "payload": payload})
        >>> [call], following = OmicallApi({}).read_calls(reply)
        >>> call.external_id, call.disposition, call.talk_seconds, following
        ('91', 'answered', 7, 2)
        """
        payload = as_dict(self.check(reply).get("payload"))
        calls = [_read_call(item) for item in records(payload.get("items"))]
        following = whole(payload.get("next_page"), page + 1)
        has_next = payload.get("has_next") is True and following > page
        return [call for call in calls if call], following if has_next else None

    def register_webhook(self, address, kind="call"):
        """Have the calls told to us: ``call`` when over, ``call_event`` meanwhile."""
        names = ["ringing", "answered", "hangup"] if kind == "call_event" else None
        hook = {"type": kind, "url": address, "events": names, "headers": []}
        path = "/api/webhooks/register"
        self.check(self._call("POST", path, json={"webhook": hook}, repeatable=True))

    def test(self):
        self.refresh()
        return "ok"

    def _call(self, method, path, **options):
        token = self.credentials.get("access_token")
        headers = {"Authorization": f"Bearer {token}"}
        return self.client().call(method, path, headers=headers, **options)

    def check(self, reply):
        body = as_dict(reply.body)
        code = text(body.get("status_code"), 16)
        if code == GOOD and reply.status < 400:
            return body
        names = [text(body.get(name)) for name in ("key", "error", "message")]
        known = next((name for name in names if name in CODES), None)
        message = self.shown(known or next(filter(None, names), None), reply)
        if reply.status in (401, 403) or code in ("401", "403"):
            raise errors.TokenExpired(message, 401)
        if code is None and reply.status < 400:
            raise errors.Ambiguous(message, reply.status)
        wait = _WAITS.get(known)
        raise errors.make_error(
            known or code or reply.status, CODES, message, retry_after=wait
        )

    # ------------------------------------------------------------
    # WEBHOOK
    # ------------------------------------------------------------

    def read_events(self, payload):
        """The event of a body: a call under way, or one that is over.

        >>> body = {"call_uuid": "fe", "state": "ringing", "direction": "outbound"}
        >>> body |= {"to_number": "0395187319", "from_number": "100"}
        >>> [event] = OmicallApi({}).read_events(body)
        >>> event.key, event.state, event.phone, event.call.extension
        ('fe|ringing', 'ringing', '+84395187319', '100')
        >>> body = {"transaction_id": "fe", "direction": "outbound", "sip_user": "100"}
        >>> body |= {"destination_number": "0395187319", "disposition": "cancelled"}
        >>> [event] = OmicallApi({}).read_events(body)
        >>> event.key, event.state, event.call.disposition
        ('fe|ended', 'ended', 'missed')
        """
        if not isinstance(payload, dict):
            raise PayloadError("no event")
        state = _STATES.get(text(payload.get("state"), 32))
        if state and text(payload.get("call_uuid")):
            call = _read_running(payload, state)
        else:
            state, call = "ended", _read_call(payload)
        if not call:
            return []
        # the end is told twice: by itself, and with all about the call
        number, is_whole = call.external_id, "transaction_id" in payload
        key = (
            f"{number}|{state}" if is_whole or state != "ended" else f"{number}|hangup"
        )
        told = moment(payload.get("date_time")) or call.ended
        return [
            Event(
                "call",
                key,
                provider_id=number,
                state=state,
                phone=call.phone,
                time=told,
                call=call,
            )
        ]


def _read_running(body, state):
    is_inbound = body.get("direction") == "inbound"
    sides = (body.get("from_number"), body.get("to_number"))
    customer, own = sides if is_inbound else reversed(sides)
    told = moment(body.get("date_time"))
    return Call(
        text(body["call_uuid"]),
        "inbound" if is_inbound else "outbound",
        to_e164(customer),
        text(own, 64),
        started=moment(body.get("created_time")),
        answered=told if state == "answered" else None,
        ended=told if state == "ended" else None,
    )


def _read_call(item):
    """The ``Call`` of an item of the list, or of the webhook of its end.

    ``created_date`` is when the call was written down, that is, when it was over. Calls
    from one extension to another do not concern us.

    >>> item = {"transaction_id": "91", "direction": "outbound", "duration": 242}
    >>> item |= {"destination_number": "0979816773", "created_date": 1589015675440}
    >>> over = {"disposition": "answered", "bill_sec": 232}
    >>> call = _read_call({**item, **over, "time_start_to_answer": 1589015432})
    >>> print(call.started.time(), call.answered.time(), call.ended.time(), call.phone)
    09:10:22 09:10:32 09:14:24 +84979816773
    >>> call = _read_call({**item, "disposition": "cancelled"})
    >>> print(call.started.time(), call.answered, call.ended.time(), call.disposition)
    09:10:33 None 09:14:35 missed
    >>> _read_call({**item, "direction": "local"})
    """
    number, direction = text(item.get("transaction_id")), item.get("direction")
    if not number or direction == "local":
        return None
    is_inbound = direction == "inbound"
    side = "source_number" if is_inbound else "destination_number"
    disposition = _DISPOSITIONS.get(text(item.get("disposition"), 32), "failed")
    talk, total = (max(whole(item.get(n)), 0) for n in ("bill_sec", "duration"))
    answered, ended = None, moment(item.get("created_date"))
    if disposition == "answered":
        answered = moment(item.get("time_start_to_answer"))
        ended = _later(answered, talk) or ended
    return Call(
        number,
        "inbound" if is_inbound else "outbound",
        to_e164(item.get("phone_number")) or to_e164(item.get(side)),
        text(item.get("sip_user"), 64),
        started=_later(ended, -total),
        answered=answered,
        ended=ended,
        talk_seconds=talk,
        disposition=disposition,
        recording_url=text(item.get("recording_file_url"), 1000)
        or text(item.get("recording_file"), 1000),
    )


def _later(time, seconds):
    try:
        return time and time + timedelta(seconds=seconds)
    except OverflowError:
        return time
