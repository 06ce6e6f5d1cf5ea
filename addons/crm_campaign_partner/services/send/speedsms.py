"""SpeedSMS: SMS by Basic authentication.

It takes no id of ours, so what may have been sent is never repeated.
Its delivery report is unsigned: proven by the secret part of the address.
"""

import base64

from . import errors
from .payload import as_dict, dig, text
from .phone import to_e164, with_country
from .provider import Event, SendApi, Sent

CODES = {
    "007": errors.AccountFault,  # our address is not allowed
    "008": errors.AccountFault,  # account blocked
    "009": errors.AccountFault,  # account may not use the API
    "101": errors.Permanent,  # a parameter is wrong
    "105": errors.Permanent,  # phone
    "110": errors.Permanent,  # characters of the text
    "113": errors.Permanent,  # length of the text
    "300": errors.AccountFault,  # money
    "500": errors.Ambiguous,
}
# sms_type: random number, brand name, the default brand name, one's own phone.
BRAND_NAME, DEFAULT_NAME = 3, 4
# Status of a report: 0 is delivered, below 64 on its way, from 64 on failed.
_DELIVERED, _FAILED = 0, 64


class SpeedsmsApi(SendApi):
    """SpeedSMS; credentials ``access_token`` and ``brand_name``."""

    HOSTS = {"api": "https://api.speedsms.vn"}
    SECRETS = ("access_token",)

    def send_sms(self, phone, body):
        """Send one SMS to an E.164 number; ``Sent``."""
        name = self.credentials.get("brand_name")
        return self.read_sent(
            self._call(
                "POST",
                "/index.php/sms/send",
                json={
                    "to": [with_country(phone)],
                    "content": body,
                    "sms_type": BRAND_NAME if name else DEFAULT_NAME,
                    "sender": name or "",
                },
            )
        )

    def _call(self, method, path, **options):
        login = f"{self.credentials.get('access_token')}:x".encode()
        headers = {"Authorization": f"Basic {base64.b64encode(login).decode()}"}
        return self.client().call(method, path, headers=headers, **options)

    def read_sent(self, reply):
        """``Sent`` of a good reply.

        >>> from .http import Reply
        >>> api = SpeedsmsApi({})
        >>> data = {"tranId": 123456, "totalSMS": 1, "invalidPhone": []}
        >>> api.read_sent(Reply(200, {"status": "success", "code": "00", "data": data}))
        Sent(provider_id='123456', state='sent', quota=None)
        >>> try:
        ...     api.read_sent(Reply(200, {"status": "error", "code": "300"}, text="-"))
        ... except errors.AccountFault as error:
        ...     print(error.code)
        300
        """
        body = self.check(reply)
        refused = text(dig(body, "data", "invalidPhone", 0))
        if refused:
            raise errors.Permanent(f"the number is not valid: {refused}", 105)
        return Sent(text(dig(body, "data", "tranId")))

    def check(self, reply):
        body = as_dict(reply.body)
        if reply.status < 400 and body.get("status") == "success":
            return body
        message = self.shown(text(body.get("message")), reply)
        if reply.status in (401, 403):
            raise errors.AccountFault(message, reply.status)
        code = text(body.get("code"), 16) or str(reply.status)
        raise errors.make_error(code, CODES, message)

    def test(self):
        reply = self._call("GET", "/index.php/user/info", repeatable=True)
        body = as_dict(reply.body)
        if text(body.get("balance")) is None:
            self.check(reply)
        return f"{text(body.get('balance'))} {text(body.get('currency')) or ''}".strip()

    def read_events(self, payload):
        """The report that a body holds.

        >>> report = {"type": "report", "tranId": 7, "status": 0}
        >>> report["phone"] = "84361907676"
        >>> [event] = SpeedsmsApi({}).read_events(report)
        >>> event.key, event.state, event.phone
        ('7|0', 'delivered', '+84361907676')
        >>> SpeedsmsApi({}).read_events({"type": "sms"})
        []
        """
        body = as_dict(payload)
        message, status = text(body.get("tranId")), text(body.get("status"), 16)
        if body.get("type") != "report" or not message or not (status or "").isdigit():
            return []
        number = int(status)
        state = "delivered" if number == _DELIVERED else None
        return [
            Event(
                "report",
                f"{message}|{status}",
                provider_id=message,
                state="failed" if number >= _FAILED else state,
                phone=to_e164(body.get("phone")),
            )
        ]
