"""Nhanh.vn, version 3: all calls POST JSON, the token as it is in ``Authorization``.

A webhook has another shape than the list: it only says which order to fetch again.
"""

from . import errors
from .orders import Order, OrderLine, paid_part, read_phone
from .payload import PayloadError, amount, dig, moment, records, text
from .provider import Event, OrderProviderApi, raise_for
from .signing import is_same

PAGE_SIZE = 100
STATES = {
    "54": "new",
    "55": "new",
    "56": "confirmed",
    "57": "confirmed",
    "42": "confirmed",
    "40": "confirmed",
    "43": "confirmed",
    "59": "shipping",
    "60": "done",
    "61": "returning",
    "63": "cancelled",
    "64": "cancelled",
    "58": "cancelled",
    "68": "cancelled",
    "71": "returning",
    "72": "returned",
    "73": "returning",
    "74": "returned",
}
CODES = {
    "ERR_INVALID_ACCESS_TOKEN": errors.TokenExpired,
    "ERR_429": errors.Throttled,
    "ERR_EXCEEDED_RATE_LIMIT": errors.Throttled,
}


class NhanhApi(OrderProviderApi):
    """Nhanh; credentials ``app_key``, ``shop_ref`` (business id), ``access_token``,
    ``webhook_secret`` (the verify token)."""

    HOSTS = {"api": "https://pos.open.nhanh.vn"}
    SECRETS = ("access_token", "webhook_secret")
    WINDOW = 31 * 24 * 3600

    def verify(self, raw, headers):
        return is_same(
            headers.get("Authorization"), self.credentials.get("webhook_secret")
        )

    def read_events(self, payload, headers):
        if not isinstance(payload, dict) or not text(payload.get("event")):
            raise PayloadError("no event")
        topic, data = text(payload["event"], 64), payload.get("data")
        if topic == "orderDelete":
            ids = [text(one, 64) for one in data] if isinstance(data, list) else []
            return [Event(topic, f"{topic}|{one}", one) for one in ids if one]
        if topic not in ("orderAdd", "orderUpdate", "orderPartialReturn"):
            return []
        external_id = text(dig(data, "info", "id"), 64)
        if not external_id:
            raise PayloadError("the order has no id")
        updated = text(dig(data, "info", "updatedAt"), 64) or ""
        return [Event(topic, f"{topic}|{external_id}|{updated}", external_id)]

    def check(self, reply):
        body = reply.body if isinstance(reply.body, dict) else {}
        if reply.status == 401:
            raise errors.TokenExpired(reply.text, reply.status)
        if body.get("code") != 1:
            wait = dig(body, "data", "lockedSeconds")
            raise_for(
                text(body.get("errorCode")) or reply.status,
                CODES,
                reply.text,
                retry_after=int(wait) if str(wait).isdigit() else None,
            )
        return body

    def _post(self, path, json):
        params = {
            "appId": self.credentials.get("app_key"),
            "businessId": self.credentials.get("shop_ref"),
        }
        token = self.credentials.get("access_token") or ""
        reply = self.client().call(
            "POST",
            f"/v3.0/{path}",
            params=params,
            json=json,
            headers={"Authorization": token},
        )
        return self.check(reply)

    def test(self):
        self._post("order/list", {"filters": {}, "paginator": {"size": 1}})
        return "ok"

    def fetch_page(self, since, until, cursor=None):
        paginator = {"size": PAGE_SIZE} | ({"next": cursor} if cursor else {})
        body = self._post(
            "order/list",
            {
                "filters": {"updatedAtFrom": int(since), "updatedAtTo": int(until)},
                "paginator": paginator,
                "dataOptions": {"marketing": 1},
            },
        )
        return self._read_all(body), dig(body, "paginator", "next") or None

    def fetch_order(self, external_id):
        body = self._post(
            "order/list",
            {"filters": {"ids": [int(external_id)]}, "paginator": {"size": 1}},
        )
        return next(iter(self._read_all(body)), None)

    def _read_all(self, body):
        return [self._read(order) for order in records(body.get("data"))]

    def _read(self, order):
        lines = tuple(map(self._read_line, records(order.get("products"))))
        payment = order.get("payment") or {}
        phone, masked = read_phone(text(dig(order, "shippingAddress", "mobile")))
        raw_state = text(dig(order, "info", "status")) or ""
        discount = amount(dig(payment, "discount"))
        shipping = amount(dig(order, "carrier", "customerShipFee"))
        goods = sum((line.total for line in lines), amount(None))
        paid = sum(
            amount(dig(payment, kind, "amount")) for kind in ("deposit", "transfer")
        )
        utm = dig(order, "channel", "marketting")
        return Order(
            external_id=text(dig(order, "info", "id"), 64) or "",
            state=STATES.get(raw_state, "unknown"),
            raw_state=raw_state,
            lines=lines,
            paid=paid_part(paid, goods - discount + shipping),
            customer=text(dig(order, "shippingAddress", "name")),
            phone=phone,
            phone_masked=masked,
            email=text(dig(order, "shippingAddress", "email"), 254),
            address=text(dig(order, "shippingAddress", "address")),
            ad_ref=text(dig(order, "channel", "fbAdsId"), 64),
            campaign=text(dig(utm, "utmCampaign")),
            discount=discount,
            shipping=shipping,
            created=moment(dig(order, "info", "createdAt")),
            updated=moment(dig(order, "info", "updatedAt")),
            note=text(dig(order, "info", "description"), 2000),
            raw=order,
        )

    def _read_line(self, line):
        return OrderLine(
            sku=text(line.get("code"), 64),
            name=text(line.get("name")) or "?",
            quantity=amount(line.get("quantity")),
            price_unit=amount(line.get("price")),
            discount=amount(line.get("discount")),
        )
