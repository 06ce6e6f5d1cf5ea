"""Haravan and Sapo: two shops that speak one dialect.

Haravan: amounts are JSON floats, moments end in ``_at``, a bearer token. Sapo: amounts
are texts, moments end in ``_on``, a key and its secret by Basic authentication.
"""

import base64
from datetime import UTC, datetime
from urllib.parse import urlsplit

from . import errors
from .orders import Order, OrderLine, read_landing_site, read_phone
from .payload import PayloadError, amount, dig, moment, records, text
from .provider import Event, OffsetOrderApi
from .signing import is_same, verify_base64

_CANCELLED = ("cancelled",)
_RETURNED = {"refunded": "returned", "partially_refunded": "partial_return"}
_PAID = {"paid": "yes", "partially_paid": "part", "partially_refunded": "yes"}
PAGE_SIZE = 50


class ShopifyLikeApi(OffsetOrderApi):
    """What both share; credentials ``webhook_secret`` and those of the subclass."""

    TOPIC_HEADER = ""
    SIGNATURE_HEADER = ""
    CREATED = UPDATED = CANCELLED = ""
    UPDATED_SINCE = UPDATED_UNTIL = ""
    PATH = ""

    def verify(self, raw, headers):
        secret = self.credentials.get("webhook_secret")
        return verify_base64(raw, headers.get(self.SIGNATURE_HEADER), secret)

    def read_events(self, payload, headers):
        if not isinstance(payload, dict):
            raise PayloadError("no order")
        topic = text(headers.get(self.TOPIC_HEADER), 64) or ""
        external_id = text(payload.get("id"), 64)
        if not topic.startswith("orders/"):
            return []
        if not external_id:
            raise PayloadError("the order has no id")
        updated = text(payload.get(self.UPDATED), 64) or ""
        key = f"{topic}|{external_id}|{updated}"
        return [Event(topic, key, external_id, payload=payload)]

    def check(self, reply):
        if reply.status in (401, 403):
            raise errors.TokenExpired(reply.text, reply.status)
        if reply.status >= 400 or not isinstance(reply.body, dict):
            raise errors.Permanent(reply.text, reply.status)
        return reply.body

    def test(self):
        self._get({"limit": 1, "page": 1})
        return urlsplit(self.hosts["api"]).hostname

    def fetch_list(self, since, until, place=None):
        page = place or 1
        orders, more = self._get(
            {
                "limit": PAGE_SIZE,
                "page": page,
                "status": "any",
                self.UPDATED_SINCE: _iso(since),
                self.UPDATED_UNTIL: _iso(until),
            }
        )
        return orders, page + 1 if more else None

    def _get(self, params):
        reply = self.client().call(
            "GET", f"{self.PATH}.json", params=params, headers=self._headers()
        )
        found = records(self.check(reply).get("orders"))
        return [self._read(order) for order in found], len(found) >= params["limit"]

    def fetch_order(self, external_id):
        reply = self.client().call(
            "GET", f"{self.PATH}/{int(external_id)}.json", headers=self._headers()
        )
        if reply.status == 404:
            return None
        order = self.check(reply).get("order")
        return self._read(order) if isinstance(order, dict) else None

    def read_order(self, payload):
        return self._read(payload) if "line_items" in payload else None

    def _headers(self):
        raise NotImplementedError

    def _read(self, order):
        address = order.get("shipping_address") or order.get("billing_address") or {}
        phone, masked = read_phone(
            text(dig(address, "phone")) or text(dig(order, "customer", "phone"))
        )
        ad_ref, campaign = read_landing_site(text(order.get("landing_site"), 2000))
        shipping = sum(
            (
                amount(line.get("price"))
                for line in records(order.get("shipping_lines"))
            ),
            amount(None),
        )
        parts = ("address1", "ward", "district", "province")
        return Order(
            external_id=text(order.get("id"), 64) or "",
            state=self._state(order),
            raw_state="|".join(
                filter(
                    None,
                    (
                        text(order.get("financial_status")),
                        text(order.get("fulfillment_status")),
                    ),
                )
            ),
            lines=tuple(map(self._read_line, records(order.get("line_items")))),
            paid=_PAID.get(order.get("financial_status"), "no"),
            customer=text(dig(address, "name")),
            phone=phone,
            phone_masked=masked,
            email=text(order.get("email"), 254),
            address=", ".join(filter(None, (text(dig(address, p)) for p in parts)))
            or None,
            province=text(dig(address, "province")),
            ad_ref=ad_ref,
            campaign=campaign,
            discount=amount(order.get("total_discounts")),
            shipping=shipping,
            currency=text(order.get("currency"), 3) or "VND",
            created=moment(order.get(self.CREATED)),
            updated=moment(order.get(self.UPDATED)),
            note=text(order.get("note"), 2000),
            raw=order,
        )

    def _read_line(self, line):
        return OrderLine(
            sku=text(line.get("sku"), 64),
            name=text(line.get("title")) or text(line.get("name")) or "?",
            quantity=amount(line.get("quantity")),
            price_unit=amount(line.get("price")),
            discount=amount(line.get("total_discount")),
        )

    def _state(self, order):
        if order.get(self.CANCELLED) or order.get("cancelled_status") in _CANCELLED:
            return "cancelled"
        financial = order.get("financial_status")
        if financial in _RETURNED:
            return _RETURNED[financial]
        fulfilment = order.get("fulfillment_status")
        if fulfilment == "fulfilled":
            return "done"
        if fulfilment == "partial":
            return "shipping"
        if fulfilment not in (None, "", "notfulfilled", "unfulfilled"):
            return "unknown"
        if order.get("confirmed_status") == "confirmed" or financial == "paid":
            return "confirmed"
        return "new"


class HaravanApi(ShopifyLikeApi):
    """Haravan; credentials ``access_token``, ``webhook_secret``, ``verify_token``."""

    HOSTS = {"api": "https://apis.haravan.com"}
    SECRETS = ("access_token", "webhook_secret", "verify_token")
    TOPIC_HEADER = "X-Haravan-Topic"
    SIGNATURE_HEADER = "X-Haravan-Hmacsha256"
    CREATED, UPDATED, CANCELLED = "created_at", "updated_at", "cancelled_at"
    UPDATED_SINCE, UPDATED_UNTIL = "updated_at_min", "updated_at_max"
    PATH = "/com/orders"

    def challenge(self, query):
        given, challenge = query.get("hub.verify_token"), query.get("hub.challenge", "")
        wanted = self.credentials.get("verify_token")
        return challenge if is_same(given, wanted) and challenge.isdigit() else None

    def _headers(self):
        return {"Authorization": f"Bearer {self.credentials.get('access_token')}"}


class SapoApi(ShopifyLikeApi):
    """Sapo; credentials ``api_key``, ``api_secret``, ``webhook_secret``, ``shop_ref``.

    ``shop_ref`` is the store's name, the first part of its ``mysapo.net`` address.
    """

    SECRETS = ("api_key", "api_secret", "webhook_secret")
    TOPIC_HEADER = "X-Sapo-Topic"
    SIGNATURE_HEADER = "X-Sapo-Hmac-SHA256"
    CREATED, UPDATED, CANCELLED = "created_on", "modified_on", "cancelled_on"
    UPDATED_SINCE, UPDATED_UNTIL = "modified_on_min", "modified_on_max"
    PATH = "/admin/orders"

    def __init__(self, credentials, hosts=None):
        super().__init__(credentials, hosts)
        self.hosts.setdefault(
            "api", f"https://{credentials.get('shop_ref')}.mysapo.net"
        )

    def _headers(self):
        pair = f"{self.credentials.get('api_key')}:{self.credentials.get('api_secret')}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _iso(seconds):
    """
    >>> _iso(1791858394)
    '2026-10-13T02:26:34Z'
    """
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
