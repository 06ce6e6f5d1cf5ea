"""Any telephone system: a call is an address with places to fill, its report is a
mapping of names.

What one system calls ``callid`` and another ``call_uuid`` is data of the account, so a
system that nobody has heard of needs no code. Its reports are unsigned: proven by the
secret part of the address.
"""

import re
from dataclasses import replace
from urllib.parse import quote
from zoneinfo import ZoneInfo

from .errors import AccountFault, Permanent
from .http import HttpClient
from .payload import PayloadError, dig, moment, text, whole
from .phone import national, to_e164, with_country
from .provider import Call, Event, SendApi, Sent

# What may be filled into an address or a body.
PLACES = (
    "phone",  # as it is dialled in Vietnam
    "phone_e164",
    "phone_84",
    "extension",
    "hotline",
    "reference",
    "api_key",
    "api_secret",
)
_PLACE = re.compile(r"\{([A-Za-z_][\w.]*)\}")
_ADDRESS = re.compile(r"(https?://[^/?#{}\s@]+)([/?].*)?", re.IGNORECASE)
# Names of a report in the systems that are widespread here; the first that is there
# counts. A dot goes one level down.
MAPPING = {
    "external_id": "callid,call_uuid,call_id,uniqueid,transaction_id,id",
    "phone": "phone,to_phone,phone_number,destination_number,dst",
    "caller": "phone,from_phone,phone_number,source_number,src",  # who calls in
    "extension": "extension,from_extension,sip_user",
    "direction": "direction,type",
    "state": "event,status,state,disposition",
    "started": "calldate,start_time,started_at,created_date",
    "answered": "answer_time,answered_at",
    "ended": "end_time,ended_at,stop_time",
    "talk_seconds": "billsec,bill_sec,talk_sec,talk_seconds",
    "recording_url": "recordingfile,recording_url,recording_file",
    "reference": "reference,custom_data",
}
# What the words of a state mean: the call's state, and how it went where it is over.
STATES = {
    "ring": ("ringing", None),
    "ringing": ("ringing", None),
    "answer": ("answered", None),
    "connected": ("answered", None),
    "hangup": ("ended", None),
    "ended": ("ended", None),
    "completed": ("ended", "answered"),
    "answered": ("ended", "answered"),
    "busy": ("ended", "busy"),
    "abandon": ("ended", "missed"),
    "cancelled": ("ended", "missed"),
    "no answer": ("ended", "missed"),
    "noanswer": ("ended", "missed"),
    "missed": ("ended", "missed"),
    "failed": ("ended", "failed"),
}
_INBOUND = ("inbound", "in", "incoming", "call_in")


class TemplateError(ValueError):
    """The template asks for what there is not; its text names it."""


class PbxApi(SendApi):
    """A telephone system; credentials ``call_url`` and, where they are used in it,
    ``api_key``, ``api_secret``, ``hotline``; ``call_method`` (GET or POST),
    ``call_body`` (a template as well, of JSON), ``id_path`` (where the answer holds the
    call's id), ``mapping`` and ``states`` (added to the tables above), ``timezone``.
    """

    SECRETS = ("api_key", "api_secret")

    def call_out(self, extension, phone, reference=""):
        """Ask the system to connect extension and customer.

        :param phone: E.164
        :return: ``Sent`` in state ``sending``
        :raise AccountFault: when the templates are not good
        """
        values = {
            "phone": national(phone),
            "phone_e164": phone,
            "phone_84": with_country(phone),
            "extension": extension,
            "reference": reference,
            "hotline": self.credentials.get("hotline"),
            "api_key": self.credentials.get("api_key"),
            "api_secret": self.credentials.get("api_secret"),
        }
        host, path, data = self._fill(values)
        reply = HttpClient(host, self._secrets()).call(
            self.credentials.get("call_method") or "GET",
            path,
            data=data,
            headers={"Content-Type": "application/json"} if data else {},
            is_json=False,
        )
        return self.read_sent(reply)

    def _fill(self, values):
        """``(host, path, body)`` of a call; only the path takes values, never the host,
        or whoever may choose an extension could choose whom we call.
        """
        match = _ADDRESS.fullmatch((self.credentials.get("call_url") or "").strip())
        if not match:
            raise AccountFault("call_url is no address with a fixed host")
        body = self.credentials.get("call_body")
        try:
            path = fill(match[2] or "", values, _quote)
            data = fill(body, values, _escape).encode() if body else None
        except TemplateError as error:
            raise AccountFault(str(error)) from error
        return match[1], path, data

    def read_sent(self, reply):
        """``Sent`` of a good reply; the id of the call where it holds one.

        >>> from .http import Reply
        >>> api = PbxApi({"id_path": "data.uuid"})
        >>> api.read_sent(Reply(202, {"data": {"uuid": "c-1"}}))
        Sent(provider_id='c-1', state='sending', quota=None)
        >>> api.read_sent(Reply(200)).provider_id
        """
        body = self.check(reply)
        paths = self.credentials.get("id_path") or MAPPING["external_id"]
        return Sent(_find(body, paths), "sending")

    def check(self, reply):
        if reply.status < 400:
            return reply.body
        kind = AccountFault if reply.status in (401, 403) else Permanent
        raise kind(self.shown(None, reply), reply.status)

    def test(self):
        """Fill the templates: a call is nothing to be tried out.

        >>> for url in ("https://pbx.example/c?k={key}", "https://{phone}/", ""):
        ...     try:
        ...         PbxApi({"call_url": url}).test()
        ...     except AccountFault as error:
        ...         print(error)
        there is no {key} to fill in
        call_url is no address with a fixed host
        call_url is no address with a fixed host
        """
        return self._fill(dict.fromkeys(PLACES, ""))[0]

    def read_events(self, payload):
        """The event of a report, whether it came as a query, a form or JSON.

        >>> api = PbxApi({})
        >>> report = {"callid": "17", "calldate": "2026-10-05 21:52:46"}
        >>> report |= {"phone": "0361907676", "status": "ANSWERED", "billsec": "65"}
        >>> [event] = api.read_events(report)
        >>> event.key, event.state, event.phone
        ('17|answered', 'ended', '+84361907676')
        >>> print(event.call.started, event.call.talk_seconds, event.call.disposition)
        2026-10-05 14:52:46 65 answered
        >>> api.read_events({"callid": "17", "event": "RING"})[0].state
        'ringing'
        >>> own = {"external_id": "call.no", "state": "call.code"}
        >>> api = PbxApi({"mapping": own, "states": {"7": ["ended", "busy"]}})
        >>> [event] = api.read_events({"call": {"no": 5, "code": 7}})
        >>> event.key, event.call.disposition
        ('5|7', 'busy')
        >>> api.read_events({"callid": "17"})
        []
        """
        if not isinstance(payload, dict):
            raise PayloadError("no report of a call")
        call, state, word = self.read_call(payload)
        if not call:
            return []
        return [
            Event(
                "call",
                # by the system's own word: what ends a call is followed by its report
                f"{call.external_id}|{word or state}",
                provider_id=call.external_id,
                tracking_id=call.reference,
                state=state,
                phone=call.phone,
                time=call.ended or call.answered or call.started,
                call=call,
            )
        ]

    def read_call(self, payload):
        """``(Call, its state, the system's word for it)``; three None without its id.

        A call that is over and says nothing of its length has no disposition yet.

        >>> report = {"callid": "17", "type": "inbound", "src": "0361907676"}
        >>> call, state, word = PbxApi({}).read_call({**report, "event": "HANGUP"})
        >>> call.direction, call.phone, call.disposition, state, word
        ('inbound', '+84361907676', None, 'ended', 'hangup')
        >>> PbxApi({}).read_call({**report, "billsec": "0"})[0].disposition
        'missed'
        """
        names = {**MAPPING, **(self.credentials.get("mapping") or {})}
        found = {name: _find(payload, paths) for name, paths in names.items()}
        if not found["external_id"]:
            return None, None, None
        states = {**STATES, **(self.credentials.get("states") or {})}
        word = (found["state"] or "").lower().replace("_", " ")
        state, disposition = states.get(word, ("ended", None))
        zone = ZoneInfo(self.credentials.get("timezone") or "Asia/Ho_Chi_Minh")
        times = {
            name: moment(found[name], zone) for name in ("started", "answered", "ended")
        }
        talk = max(whole(found["talk_seconds"]), 0)
        is_inbound = (found["direction"] or "").lower() in _INBOUND
        call = Call(
            found["external_id"],
            "inbound" if is_inbound else "outbound",
            to_e164(found["caller" if is_inbound else "phone"]),
            found["extension"],
            talk_seconds=talk,
            recording_url=found["recording_url"],
            reference=found["reference"],
            **times,
        )
        if state == "ended":
            if not disposition and (found["talk_seconds"] or call.answered):
                disposition = "answered" if talk or call.answered else "missed"
            call = replace(call, disposition=disposition)
        return call, state, word


def fill(template, values, spell=str):
    """Put the values into the ``{places}`` of a template.

    :param spell: how a value is written there

    >>> fill("https://pbx.example/c?to={phone}", {"phone": "0361&x=1"}, _quote)
    'https://pbx.example/c?to=0361%26x%3D1'
    >>> fill('{"to": "{phone}"}', {"phone": '036"'}, _escape)
    '{"to": "036\\\\""}'
    >>> try:
    ...     fill("{phone.__class__}", {"phone": "036"})
    ... except TemplateError as error:
    ...     print(error)
    there is no {phone.__class__} to fill in
    """

    def put(match):
        if match[1] not in values:
            raise TemplateError(f"there is no {{{match[1]}}} to fill in")
        return spell(values[match[1]] or "")

    return _PLACE.sub(put, template or "")


def _quote(value):
    return quote(str(value), safe="")


def _escape(value):
    """The value as it stands inside a JSON string."""
    return re.sub(r'["\\]', r"\\\g<0>", re.sub(r"[\x00-\x1f]", " ", str(value)))


def _find(body, paths):
    """The first of some paths, parted by commas, that holds a scalar.

    >>> _find({"a": {"b": 7}}, "x, a.b"), _find(["a"], "0"), _find(None, "a")
    ('7', None, None)
    """
    for path in str(paths).split(","):
        value = text(dig(body, *path.strip().split(".")), 1000)
        if value:
            return value
    return None
