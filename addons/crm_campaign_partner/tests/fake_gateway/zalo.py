"""Zalo: single-use refresh tokens, templates by phone, signed webhooks (apis.md §2)."""

import hashlib
import json
import time


class Zalo:
    """One Official Account."""

    NAME = "zalo"
    PATHS = ("/v4/oa/", "/message/template", "/template/", "/v2.0/oa/", "/v3.0/oa/")
    FAULTS = {
        "no_money": {"error": -115, "message": "Out of balance"},
        "no_zalo": {"error": -118, "message": "Zalo account not existed"},
        "quota": {"error": -1472, "message": "Daily quota is exceeded"},
        "expired": {"error": -124, "message": "Access token invalid"},
    }

    def __init__(self):
        self.app_id, self.app_secret = "4711", "ZALOSECRET"
        self.webhook_secret = "OASECRET"
        self.code = "CODE1"
        self.number = 1
        self.used = []
        self.sent, self.answers = [], []
        self.slow_seconds = 0

    @property
    def access_token(self):
        """The access token that is good now."""
        return f"ACCESS{self.number}"

    @property
    def refresh_token(self):
        """The refresh token that is good now, for one use."""
        return f"REFRESH{self.number}"

    def answer(self, request):
        """The reply to a call."""
        if request.path == "/v4/oa/access_token":
            return self._give_tokens(request)
        if request.headers.get("access_token") != self.access_token:
            return {"error": -124, "message": "Access token invalid"}
        if request.path == "/v2.0/oa/getoa":
            return {"error": 0, "message": "Success", "data": {"name": "Lá Xanh OA"}}
        if request.path == "/template/info/v2":
            names = [{"name": "customer_name", "maxLength": 30}, {"name": "campaign"}]
            return {
                "error": 0,
                "data": {"templateName": "Lời mời", "listParams": names},
            }
        if request.path == "/v3.0/oa/message/cs":
            self.answers.append(request.json)
            data = {"message_id": f"M{len(self.answers)}"}
            return {"error": 0, "message": "Success", "data": data}
        self.sent.append(request.json)
        data = {"msg_id": f"Z{len(self.sent)}", "sent_time": str(_now())}
        quota = {"dailyQuota": "500", "remainingQuota": str(500 - len(self.sent))}
        return {"error": 0, "message": "Success", "data": {**data, "quota": quota}}

    def _give_tokens(self, request):
        form = request.form
        if request.headers.get("secret_key") != self.app_secret:
            return {"error": -14004, "error_name": "Invalid secret key"}
        time.sleep(self.slow_seconds)
        given = form.get("refresh_token") or form.get("code")
        good = self.refresh_token if "refresh_token" in form else self.code
        if given != good or given in self.used:
            return {"error": -14020, "error_name": "Refresh token is used"}
        self.used.append(given)
        self.number += 1
        return {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "expires_in": "90000",
        }

    def event(self, number):
        """Body and headers of the webhook: that message has arrived."""
        message = {
            "msg_id": f"Z{number}",
            "tracking_id": self.sent[number - 1]["tracking_id"],
            "delivery_time": str(_now()),
        }
        return self.sign(
            "user_received_message",
            sender={"id": "OA"},
            recipient={"id": "U1"},
            message=message,
        )

    def written(self, number, text, user="U1"):
        """Body and headers of the webhook: somebody has written."""
        return self.sign(
            "user_send_text",
            sender={"id": user},
            recipient={"id": "OA"},
            message={"msg_id": f"W{number}", "text": text},
        )

    def sign(self, name, **values):
        """Body and headers of any webhook."""
        stamp = str(_now())
        body = {"app_id": self.app_id, "event_name": name, "timestamp": stamp, **values}
        raw = json.dumps(body, ensure_ascii=False).encode()
        text = self.app_id.encode() + raw + (stamp + self.webhook_secret).encode()
        mac = hashlib.sha256(text).hexdigest()
        return raw, {"X-ZEvent-Signature": f"mac={mac}"}


def _now():
    return int(time.time() * 1000)
