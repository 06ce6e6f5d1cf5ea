"""eSMS and SpeedSMS, as their documents show them (apis.md §3)."""

import base64


class Esms:
    """HTTP is always 200, ``CodeResult`` decides; a known RequestId answers 124."""

    NAME = "esms"
    PATHS = ("/MainService.svc/",)
    FAULTS = {
        "no_money": {"CodeResult": "103", "ErrorMessage": "Balance not enough"},
        "bad_phone": {"CodeResult": "108", "ErrorMessage": "Phone number invalid"},
        "unknown": {"CodeResult": "99999", "ErrorMessage": "Unknown error"},
    }

    def __init__(self):
        self.login = {"ApiKey": "ESMSKEY", "SecretKey": "ESMSSECRET"}
        self.sent = []
        self.callbacks = {}

    def answer(self, request):
        """The reply to a call."""
        values = request.json or request.query
        if any(values.get(name) != value for name, value in self.login.items()):
            return {"CodeResult": "101", "ErrorMessage": "Authorize Failed"}
        if request.path.endswith("GetBalance_json"):
            return {"CodeResponse": "100", "Balance": 250000}
        known = {message["RequestId"] for message in self.sent}
        if values["RequestId"] in known:
            return {"CodeResult": "124", "ErrorMessage": "RequestId is existed"}
        self.sent.append(values)
        sms_id = f"E{len(self.sent)}"
        self.callbacks[sms_id] = values.get("CallbackUrl")
        return {"CodeResult": "100", "CountRegenerate": 0, "SMSID": sms_id}

    def report(self, number, is_delivered=True):
        """Address and query of the callback about the message of that number."""
        sms_id = f"E{number}"
        return self.callbacks[sms_id], {
            "SMSID": sms_id,
            "RequestId": self.sent[number - 1]["RequestId"],
            "SendStatus": "5",
            "SendSuccess": "1" if is_delivered else "0",
            "SendFailed": "0" if is_delivered else "1",
            "TotalPrice": "350",
            "phonenumber": self.sent[number - 1]["Phone"],
        }


class Speedsms:
    """Basic login with the token; a transaction id, and no request id of ours."""

    NAME = "speedsms"
    PATHS = ("/index.php/",)
    FAULTS = {
        "no_money": {
            "status": "error",
            "code": "300",
            "message": "Your account has insufficient balance",
        },
        "bad_phone": {"status": "error", "code": "105", "message": "Phone invalid"},
    }

    def __init__(self):
        self.token = "SPEEDTOKEN"
        self.sent = []

    def answer(self, request):
        """The reply to a call."""
        expected = base64.b64encode(f"{self.token}:x".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return {"status": "error", "code": "007", "message": "IP locked"}
        if request.path.endswith("/user/info"):
            return {"email": "a@example.com", "balance": "90000.0", "currency": "VND"}
        self.sent.append(request.json)
        data = {
            "tranId": len(self.sent),
            "totalSMS": 1,
            "totalPrice": 250,
            "invalidPhone": [],
        }
        return {"status": "success", "code": "00", "data": data}

    def report(self, number, is_delivered=True):
        """Body of the webhook about the message of that number."""
        return {
            "type": "report",
            "tranId": number,
            "phone": self.sent[number - 1]["to"][0],
            "status": 0 if is_delivered else 64,
        }
