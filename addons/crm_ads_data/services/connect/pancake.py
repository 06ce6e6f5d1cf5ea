"""Pancake POS: the key in the query, moments in UTC without saying so, no signature.

Its webhook is proven by the secret part of the address alone, so the order is fetched
again before anything is believed.
"""

from . import errors
from .orders import Order, OrderLine, paid_part, read_phone
from .payload import PayloadError, amount, dig, moment, records, text
from .provider import Event, OffsetOrderApi, raise_for
from .signing import is_same

PAGE_SIZE = 100
STATES = {
    "0": "new",
    "17": "new",
    "11": "new",
    "1": "confirmed",
    "8": "confirmed",
    "9": "confirmed",
    "12": "confirmed",
    "13": "confirmed",
    "20": "confirmed",
    "2": "shipping",
    "3": "done",
    "16": "done",
    "4": "returning",
    "15": "partial_return",
    "5": "returned",
    "6": "cancelled",
    "7": "deleted",
}
CODES = {"105": errors.TokenExpired, "121": errors.Permanent}


class PancakeApi(OffsetOrderApi):
    """Pancake; credentials ``api_key``, ``shop_ref`` and ``webhook_secret``, which
    stands in the address as ``?secret=``."""

    HOSTS = {"api": "https://pos.pages.fm"}
    SECRETS = ("api_key", "webhook_secret")
    OVERLAP = 1800

    def verify(self, raw, headers):
        return is_same(headers.get("secret"), self.credentials.get("webhook_secret"))

    def read_events(self, payload, headers):
        if not isinstance(payload, dict):
            raise PayloadError("no order")
        external_id = text(payload.get("id"), 64)
        if not external_id:
            raise PayloadError("the order has no id")
        shop = text(payload.get("shop_id"), 64) or self.credentials.get("shop_ref")
        updated = text(payload.get("updated_at"), 64) or ""
        return [Event("order", f"{shop}|{external_id}|{updated}", external_id)]

    def check(self, reply):
        body = reply.body if isinstance(reply.body, dict) else {}
        if reply.status in (401, 403):
            raise errors.TokenExpired(reply.text, reply.status)
        if not body.get("success"):
            raise_for(text(body.get("error_code")) or reply.status, CODES, reply.text)
        return body

    def _get(self, path, params=None):
        reply = self.client().call(
            "GET",
            f"/api/v1/shops/{self.credentials.get('shop_ref')}{path}",
            params={"api_key": self.credentials.get("api_key"), **(params or {})},
        )
        return reply if reply.status == 404 else self.check(reply)

    def test(self):
        self._get("/orders", {"page_size": 1, "page_number": 1})
        return "ok"

    def fetch_list(self, since, until, place=None):
        page = place or 1
        body = self._get(
            "/orders",
            {
                "page_size": PAGE_SIZE,
                "page_number": page,
                "updateStatus": "updated_at",
                "startDateTime": int(since),
                "endDateTime": int(until),
            },
        )
        orders = [self._read(order) for order in records(dig(body, "data"))]
        pages = int(amount(dig(body, "total_pages")))
        return orders, page + 1 if page < pages else None

    def fetch_order(self, external_id):
        body = self._get(f"/orders/{int(external_id)}")
        order = dig(body, "data")
        return self._read(order) if isinstance(order, dict) else None

    def _read(self, order):
        lines = tuple(map(self._read_line, records(order.get("items"))))
        phone, masked = read_phone(text(order.get("bill_phone_number")))
        raw_state = text(order.get("status")) or ""
        discount = amount(order.get("total_discount"))
        shipping = amount(order.get("shipping_fee"))
        goods = sum((line.total for line in lines), amount(None))
        paid = sum(
            amount(order.get(kind)) for kind in ("prepaid", "transfer_money", "cash")
        )
        return Order(
            external_id=text(order.get("id"), 64) or "",
            state=STATES.get(raw_state, "unknown"),
            raw_state=raw_state,
            lines=lines,
            paid=paid_part(paid, goods - discount + shipping),
            customer=text(order.get("bill_full_name")),
            phone=phone,
            phone_masked=masked,
            email=text(order.get("bill_email"), 254),
            address=text(dig(order, "shipping_address", "full_address")),
            province=text(dig(order, "shipping_address", "province_name")),
            ad_ref=text(order.get("ad_id"), 64),
            campaign=text(order.get("p_utm_campaign")),
            discount=discount,
            shipping=shipping,
            currency=text(order.get("order_currency"), 3) or "VND",
            created=moment(order.get("inserted_at")),
            updated=moment(order.get("updated_at")),
            note=text(order.get("note"), 2000),
            raw=order,
        )

    def _read_line(self, line):
        quantity = amount(line.get("quantity"))
        price = amount(dig(line, "variation_info", "retail_price"))
        return OrderLine(
            sku=text(dig(line, "variation_info", "display_id"), 64),
            name=text(dig(line, "variation_info", "name")) or "?",
            quantity=quantity,
            price_unit=amount(line.get("retail_price")) or price,
            discount=amount(line.get("total_discount")),
        )
