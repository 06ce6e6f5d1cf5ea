"""TikTok Shop: every call signed over the very bytes sent; one line for each piece."""

import json as json_module
import time
from dataclasses import replace

from . import errors
from .orders import Order, OrderLine, is_masked, read_phone
from .payload import PayloadError, amount, dig, moment, records, text
from .provider import Event, OrderProviderApi, raise_for
from .signing import sign_tiktok, verify_tiktok

PAGE_SIZE = 50
STATES = {
    "UNPAID": "new",
    "ON_HOLD": "new",
    "AWAITING_SHIPMENT": "confirmed",
    "PARTIALLY_SHIPPING": "shipping",
    "AWAITING_COLLECTION": "confirmed",
    "IN_TRANSIT": "shipping",
    "DELIVERED": "done",
    "COMPLETED": "done",
    "CANCELLED": "cancelled",
}
CODES = {
    "105*": errors.TokenExpired,
    "360*": errors.TokenExpired,
    "101000": errors.TokenExpired,
    "36009002": errors.Throttled,
    "36009003": errors.Transient,
    "36009004": errors.Permanent,
    "36009043": errors.Permanent,
    "36009044": errors.Permanent,
}
ORDER_TYPES = ("1", "2", "3", "4", "11", "12")
AUTHORISATION_TYPES = ("6", "7")


class TiktokApi(OrderProviderApi):
    """TikTok Shop; credentials ``app_key``, ``app_secret``, ``shop_ref`` (its cipher),
    ``access_token``, ``refresh_token``."""

    HOSTS = {
        "api": "https://open-api.tiktokglobalshop.com",
        "auth": "https://auth.tiktok-shops.com",
    }
    SECRETS = ("app_secret", "access_token", "refresh_token")

    def verify(self, raw, headers):
        return verify_tiktok(
            raw,
            headers.get("Authorization"),
            self.credentials.get("app_secret"),
            self.credentials.get("app_key"),
        )

    def read_events(self, payload, headers):
        if not isinstance(payload, dict):
            raise PayloadError("no notification")
        key = text(payload.get("tts_notification_id"), 64)
        kind = text(payload.get("type"), 8)
        if not key or not kind:
            raise PayloadError("no notification")
        if kind in AUTHORISATION_TYPES:
            return [Event("authorisation", key)]
        number = text(dig(payload, "data", "order_id"), 64)
        if kind not in ORDER_TYPES or not number:
            return []
        topic = "return" if kind == "12" else "order"
        return [Event(topic, key, number, payload=payload.get("data"))]

    def check(self, reply):
        body = reply.body if isinstance(reply.body, dict) else {}
        code = body.get("code")
        if reply.status == 401:
            raise errors.TokenExpired(reply.text, code)
        if code != 0:
            raise_for(reply.status if code is None else code, CODES, reply.text)
        return body

    def _call(self, method, path, params=None, json=None):
        body = b""
        if json is not None:
            body = json_module.dumps(json, separators=(",", ":")).encode()
        query = {
            "app_key": self.credentials.get("app_key"),
            "timestamp": int(time.time()),
            **(params or {}),
        }
        if self.credentials.get("shop_ref"):
            query["shop_cipher"] = self.credentials["shop_ref"]
        secret = self.credentials.get("app_secret") or ""
        query["sign"] = sign_tiktok(secret, path, query, body)
        reply = self.client().call(
            method,
            path,
            params=query,
            body=body or None,
            headers={"x-tts-access-token": self.credentials.get("access_token") or ""},
        )
        return self.check(reply)

    def refresh(self):
        """New tokens.

        :return: dict of ``access_token``, ``refresh_token``, ``expires_at`` (unix
            seconds: TikTok's ``*_expire_in`` is a moment, not a duration)
        """
        reply = self.client("auth").call(
            "GET",
            "/api/v2/token/refresh",
            params={
                "app_key": self.credentials.get("app_key"),
                "app_secret": self.credentials.get("app_secret"),
                "refresh_token": self.credentials.get("refresh_token"),
                "grant_type": "refresh_token",
            },
            repeatable=False,
        )
        data = self.check(reply).get("data")
        return {
            "access_token": text(dig(data, "access_token"), 2000),
            "refresh_token": text(dig(data, "refresh_token"), 2000),
            "expires_at": int(amount(dig(data, "access_token_expire_in"))),
        }

    def test(self):
        body = self._call("GET", "/authorization/202309/shops")
        shops = records(dig(body, "data", "shops"))
        return ", ".join(filter(None, (text(shop.get("name")) for shop in shops)))

    def fetch_page(self, since, until, cursor=None):
        params = {
            "page_size": PAGE_SIZE,
            "sort_field": "update_time",
            "sort_order": "ASC",
        }
        if cursor:
            params["page_token"] = cursor
        body = self._call(
            "POST",
            "/order/202309/orders/search",
            params,
            {"update_time_ge": int(since), "update_time_lt": int(until)},
        )
        return self._read_all(body), text(dig(body, "data", "next_page_token"), 2000)

    def fetch_order(self, external_id):
        body = self._call("GET", "/order/202309/orders", {"ids": external_id})
        return next(iter(self._read_all(body)), None)

    def _read_all(self, body):
        return [self._read(order) for order in records(dig(body, "data", "orders"))]

    def _read(self, order):
        address = order.get("recipient_address")
        name, raw_phone = text(dig(address, "name")), text(dig(address, "phone_number"))
        masked = is_masked(name, raw_phone)
        lines = self._read_lines(records(order.get("line_items")))
        goods = sum((line.total for line in lines), amount(None))
        shipping = amount(dig(order, "payment", "shipping_fee"))
        total = amount(dig(order, "payment", "total_amount"))
        raw_state = text(order.get("status"), 32) or ""
        provinces = [
            text(level.get("address_name"))
            for level in records(dig(address, "district_info"))
            if level.get("address_level") == "L1"
        ]
        return Order(
            external_id=text(order.get("id"), 64) or "",
            state=STATES.get(raw_state, "unknown"),
            raw_state=raw_state,
            lines=lines,
            paid="yes" if order.get("paid_time") else "no",
            customer=None if masked else name,
            phone=None if masked else read_phone(raw_phone)[0],
            phone_masked=masked,
            address=None if masked else text(dig(address, "full_address")),
            province=next(iter(provinces), None),
            discount=max(goods + shipping - total, amount(None)),
            shipping=shipping,
            currency=text(dig(order, "payment", "currency"), 3) or "VND",
            created=moment(order.get("create_time")),
            updated=moment(order.get("update_time")),
            note=text(order.get("buyer_message"), 2000),
            buyer_ref=text(order.get("user_id"), 64),
            raw=order,
        )

    def _read_lines(self, items):
        """One line for all pieces of one article at one price."""
        lines = {}
        for item in items:
            price = amount(item.get("sale_price"))
            key = (text(item.get("sku_id")), price)
            quantity = amount(item.get("quantity")) or amount(1)
            if key in lines:
                lines[key] = replace(
                    lines[key], quantity=lines[key].quantity + quantity
                )
                continue
            lines[key] = OrderLine(
                sku=text(item.get("seller_sku"), 64),
                name=text(item.get("product_name")) or "?",
                quantity=quantity,
                price_unit=price,
            )
        return tuple(lines.values())
