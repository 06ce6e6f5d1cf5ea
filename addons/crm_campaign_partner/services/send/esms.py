"""eSMS (ViHAT): SMS with a brand name.

HTTP is always 200, ``CodeResult`` decides; 100 is taken, not delivered. A ``RequestId``
that it knows is not sent again and answers 124: a success. Its callback is unsigned.
"""

from . import errors
from .message import is_gsm
from .payload import as_dict, text, whole
from .phone import national, to_e164
from .provider import Event, SendApi, Sent

TAKEN = ("100", "124")
CODES = {
    "99": errors.Permanent,  # the phone is blocked
    "99*": errors.Ambiguous,  # 99x: unknown to eSMS itself
    "101": errors.AccountFault,  # key or secret
    "103": errors.AccountFault,  # money
    "104": errors.AccountFault,  # brand name
    "108": errors.Permanent,  # phone
    "118": errors.Permanent,  # type of message
    "140": errors.AccountFault,  # our address is not allowed
    "146": errors.Permanent,  # does not match the template
    "177": errors.Permanent,  # brand name not registered with the network
}
# SmsType: to customers, and advertising.
CARE, ADVERTISING = "2", "1"
# SendStatus of the callback; 5 is done, for good or bad.
_REFUSED, _DONE = "4", "5"


class EsmsApi(SendApi):
    """eSMS; credentials ``api_key``, ``api_secret``, ``brand_name``, ``is_sandbox``."""

    HOSTS = {"api": "https://rest.esms.vn"}
    SECRETS = ("api_key", "api_secret")
    IS_IDEMPOTENT = True

    def send_sms(self, phone, body, request_id, is_advertising=False, callback=None):
        """Send one SMS.

        :param phone: E.164
        :param request_id: what makes it unique, the ``uuid`` of the ``sms.sms``
        :param callback: the address for delivery reports
        :return: ``Sent``
        """
        message = {
            **self._login(),
            "Phone": national(phone),
            "Content": body,
            "Brandname": self.credentials.get("brand_name") or "",
            "SmsType": ADVERTISING if is_advertising else CARE,
            "IsUnicode": "0" if is_gsm(body) else "1",
            "Sandbox": "1" if self.credentials.get("is_sandbox") else "0",
            "RequestId": request_id,
        } | ({"CallbackUrl": callback} if callback else {})
        return self.read_sent(
            self.client().call(
                "POST",
                "/MainService.svc/json/SendMultipleMessage_V4_post_json/",
                json=message,
            )
        )

    def _login(self):
        return {
            "ApiKey": self.credentials.get("api_key"),
            "SecretKey": self.credentials.get("api_secret"),
        }

    def read_sent(self, reply):
        """``Sent`` of a good reply; the message's id is missing where it was known."""
        return Sent(text(self.check(reply).get("SMSID")))

    def check(self, reply):
        body = as_dict(reply.body)
        code = text(body.get("CodeResult") or body.get("CodeResponse"), 16)
        if code in TAKEN and reply.status < 400:
            return body
        message = self.shown(text(body.get("ErrorMessage")), reply)
        if code is None and reply.status >= 400:
            is_ours = reply.status in (401, 403)
            kind = errors.AccountFault if is_ours else errors.Permanent
            raise kind(message, reply.status)
        raise errors.make_error(code, CODES, message, errors.Ambiguous)

    def test(self):
        reply = self.client().call(
            "POST",
            "/MainService.svc/json/GetBalance_json",
            json=self._login(),
            repeatable=True,
        )
        return text(self.check(reply).get("Balance")) or "ok"

    def fetch_report(self, sms_id):
        """What became of a message: an ``Event`` as the callback gives it."""
        reply = self.client().call(
            "GET",
            "/MainService.svc/json/GetSendStatus",
            params={"RefId": sms_id, **self._login()},
            repeatable=True,
        )
        return self._read_report({"SMSID": sms_id, **self.check(reply)})

    def read_events(self, payload):
        """The report in the query of the callback."""
        query = as_dict(payload)
        has_id = text(query.get("SMSID")) or text(query.get("RequestId"))
        return [self._read_report(query)] if has_id else []

    def _read_report(self, query):
        message, status = text(query.get("SMSID")), text(query.get("SendStatus"), 16)
        tracking = text(query.get("RequestId"))
        return Event(
            "report",
            f"{message or tracking}|{status}",
            provider_id=message,
            tracking_id=tracking,
            state=_read_state(status, query),
            phone=to_e164(query.get("phonenumber")),
            reason=text(query.get("error_info")),
        )


def _read_state(status, query):
    """State of the touch; None while the message is on its way.

    >>> _read_state("1", {}), _read_state("4", {}), _read_state("5", {})
    (None, 'failed', None)
    >>> _read_state("5", {"SendSuccess": "1", "SendFailed": "0"})
    'delivered'
    >>> _read_state("5", {"SendSuccess": "0", "SendFailed": "1"})
    'failed'
    """
    if status == _REFUSED:
        return "failed"
    if status != _DONE:
        return None
    if whole(query.get("SendSuccess")):
        return "delivered"
    return "failed" if whole(query.get("SendFailed")) else None
