"""Zalo: messages of an Official Account (OA) and templates by phone (ZNS).

The refresh token is good for one use: whoever refreshes holds the lock of the account
and commits the new pair before anything else. Zalo's code lists differ from each other,
so the classes stand here as data, and a code that is not known is ``Permanent``.
"""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from . import errors
from .payload import (
    PayloadError,
    as_dict,
    dig,
    moment,
    parse_json,
    records,
    text,
    whole,
)
from .phone import to_e164, with_country
from .provider import Event, SendApi, Sent, Tokens
from .signing import hmac_hex, verify_zalo

CODES = {
    "-100": errors.Ambiguous,  # unknown to Zalo itself
    "-101": errors.AccountFault,  # app invalid
    "-102": errors.AccountFault,  # app missing
    "-103": errors.AccountFault,  # app inactive
    "-104": errors.AccountFault,  # app secret
    "-105": errors.AccountFault,  # app not linked to the OA
    "-108": errors.Permanent,  # phone invalid
    "-109": errors.Permanent,  # template invalid
    "-110": errors.Permanent,  # version of Zalo
    "-111": errors.Permanent,  # template data empty
    "-112": errors.Permanent,  # template data invalid
    "-114": errors.Permanent,  # user inactive, or refuses
    "-115": errors.AccountFault,  # money
    "-118": errors.Permanent,  # no Zalo account
    "-124": errors.TokenExpired,
    "-1241": errors.AccountFault,  # appsecret_proof
    "-147*": errors.Throttled,  # quota: not again today
    "-216": errors.TokenExpired,
    "-220": errors.TokenExpired,
    "-224": errors.AccountFault,  # the OA's package lacks this
}
TOKEN_CODES = {
    "-14004": errors.AccountFault,  # app secret
    "-14020": errors.TokenExpired,  # refresh token used or too old: consent again
}
_LIFETIME = 90000
_DELIVERED = "user_received_message"
_FOLLOWS = ("follow", "unfollow")


@dataclass(frozen=True, slots=True)
class Template:
    """A template; ``params`` are the names of its parameters, with how long each may be
    where Zalo says so.
    """

    name: str | None
    params: dict = field(default_factory=dict)


class ZaloApi(SendApi):
    """Zalo; credentials ``app_key``, ``app_secret``, ``access_token``,
    ``refresh_token``, ``webhook_secret`` (the OA's key, not the app's) and
    ``is_proof_needed`` (the app wants ``appsecret_proof``).
    """

    HOSTS = {
        "api": "https://openapi.zalo.me",
        "zns": "https://business.openapi.zalo.me",
        "auth": "https://oauth.zaloapp.com",
    }
    SECRETS = ("app_secret", "access_token", "refresh_token", "webhook_secret")

    # ------------------------------------------------------------
    # TOKENS
    # ------------------------------------------------------------

    def consent_url(self, redirect, challenge, state):
        """Where a person lets us act for the OA.

        :param challenge: ``signing.pkce_challenge`` of a verifier that is kept

        >>> ZaloApi({"app_key": 7}, {"auth": ""}).consent_url("https://a.vn", "C", "S")
        '/v4/oa/permission?app_id=7&redirect_uri=https%3A%2F%2Fa.vn&code_challenge=C&state=S'
        """
        query = {
            "app_id": self.credentials.get("app_key"),
            "redirect_uri": redirect,
            "code_challenge": challenge,
            "state": state,
        }
        return f"{self.hosts['auth']}/v4/oa/permission?{urlencode(query)}"

    def exchange(self, code, verifier):
        """The first ``Tokens``, for the code that the consent gave."""
        return self._fetch_tokens(
            grant_type="authorization_code", code=code, code_verifier=verifier
        )

    def refresh(self):
        """New ``Tokens``; the refresh token is used up, whatever comes back.

        :raise TokenExpired: a person has to give consent again
        :raise Ambiguous: no answer; a second try either works or raises TokenExpired
        """
        token = self.credentials.get("refresh_token")
        return self._fetch_tokens(refresh_token=token, grant_type="refresh_token")

    def _fetch_tokens(self, **form):
        return self.read_tokens(
            self.client("auth").call(
                "POST",
                "/v4/oa/access_token",
                data={**form, "app_id": self.credentials.get("app_key")},
                headers={"secret_key": self.credentials.get("app_secret") or ""},
            )
        )

    def read_tokens(self, reply):
        """``Tokens`` of a good reply."""
        body = as_dict(reply.body)
        access = text(body.get("access_token"), 4096)
        refresh = text(body.get("refresh_token"), 4096)
        if access and refresh:
            return Tokens(access, whole(body.get("expires_in"), _LIFETIME), refresh)
        words = text(body.get("error_description")) or text(body.get("error_name"))
        message = self.shown(words, reply)
        if whole(body.get("error")):
            raise errors.make_error(whole(body["error"]), TOKEN_CODES, message)
        kind = errors.Permanent if reply.status >= 400 else errors.Ambiguous
        raise kind(f"no pair of tokens: HTTP {reply.status}", reply.status)

    # ------------------------------------------------------------
    # CALLS
    # ------------------------------------------------------------

    def send_template(self, phone, template, values, tracking_id, is_trial=False):
        """Send a ZNS template to a phone.

        :param values: dict of the template's parameters
        :param tracking_id: our id, which the delivery event gives back
        :param is_trial: only to administrators of the OA, free of charge
        :return: ``Sent``
        """
        message = {
            "phone": with_country(phone),
            "template_id": str(template),
            "template_data": values,
            "tracking_id": tracking_id,
        } | ({"mode": "development"} if is_trial else {})
        return self.read_sent(
            self._call("POST", "/message/template", "zns", json=message)
        )

    def send_text(self, user_id, body):
        """Send a text to somebody who wrote to the OA in the last days; ``Sent``."""
        message = {"recipient": {"user_id": user_id}, "message": {"text": body}}
        return self.read_sent(
            self._call("POST", "/v3.0/oa/message/cs", "api", json=message)
        )

    def fetch_template(self, template):
        """The ``Template`` of an id."""
        reply = self._call(
            "GET",
            "/template/info/v2",
            "zns",
            params={"template_id": template},
            repeatable=True,
        )
        return self.read_template(reply)

    def read_template(self, reply):
        """What ``fetch_template`` gives, of a good reply.

        >>> from .http import Reply
        >>> names = [{"name": "code", "maxLength": 30}, {"name": "day"}, {}]
        >>> data = {"templateName": "Order", "listParams": names}
        >>> template = ZaloApi({}).read_template(Reply(200, {"error": 0, "data": data}))
        >>> template.name, template.params
        ('Order', {'code': 30, 'day': None})
        """
        data = as_dict(self.check(reply).get("data"))
        found = {
            text(item.get("name")): whole(item.get("maxLength"), None)
            for item in records(data.get("listParams"))
        }
        found.pop(None, None)
        return Template(text(data.get("templateName")), found)

    def test(self):
        reply = self._call("GET", "/v2.0/oa/getoa", "api", repeatable=True)
        return text(dig(self.check(reply), "data", "name")) or "ok"

    def _call(self, method, path, host, **options):
        token = self.credentials.get("access_token") or ""
        headers = {"access_token": token}
        if self.credentials.get("is_proof_needed"):
            secret = self.credentials.get("app_secret") or ""
            headers["appsecret_proof"] = hmac_hex(secret, token)
        return self.client(host).call(method, path, headers=headers, **options)

    def read_sent(self, reply):
        """``Sent`` of a good reply to a template or a text."""
        data = self.check(reply).get("data")
        message = text(dig(data, "msg_id")) or text(dig(data, "message_id"))
        quota = whole(dig(data, "quota", "remainingQuota"), None)
        return Sent(message, quota=quota)

    def check(self, reply):
        body = as_dict(reply.body)
        code = whole(body.get("error"), None)
        if code == 0 and reply.status < 400:
            return body
        message = self.shown(text(body.get("message")), reply)
        if reply.status == 401:
            raise errors.TokenExpired(message, code or reply.status)
        if code is None and reply.status < 400:
            raise errors.Ambiguous(message, reply.status)
        raise errors.make_error(code or reply.status, CODES, message)

    # ------------------------------------------------------------
    # WEBHOOK
    # ------------------------------------------------------------

    def verify(self, raw, headers):
        try:
            stamp = text(as_dict(parse_json(raw)).get("timestamp"), 32)
        except PayloadError:
            return False
        return verify_zalo(
            raw,
            headers.get("X-ZEvent-Signature"),
            self.credentials.get("webhook_secret"),
            self.credentials.get("app_key"),
            stamp,
        )

    def read_events(self, payload):
        if not isinstance(payload, dict):
            raise PayloadError("no event")
        topic, stamp = (
            text(payload.get("event_name"), 64),
            text(payload.get("timestamp")),
        )
        if not topic:
            raise PayloadError("no name of the event")
        message, user = as_dict(payload.get("message")), _read_user(topic, payload)
        number = text(message.get("msg_id"))
        # other events may name the message of another one
        is_message = topic == _DELIVERED or topic.startswith("user_send_")
        key = number if number and is_message else f"{topic}|{user}|{stamp}"
        return [
            Event(
                topic,
                key,
                provider_id=number,
                tracking_id=text(message.get("tracking_id")),
                state="delivered" if topic == _DELIVERED else None,
                user_id=user,
                phone=to_e164(dig(payload, "info", "phone")),
                text=text(message.get("text"), 4000),
                time=moment(message.get("delivery_time")) or moment(stamp),
            )
        ]


def _read_user(topic, payload):
    """The customer of an event, on whichever side of it."""
    if topic in _FOLLOWS:
        side = "follower"
    elif topic == _DELIVERED or topic.startswith("oa_"):
        side = "recipient"
    else:
        side = "sender"
    return text(dig(payload, side, "id"), 64)
