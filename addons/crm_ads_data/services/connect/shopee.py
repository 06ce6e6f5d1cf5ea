"""Shopee Open Platform v2: every call signed, a refresh token that works once.

The list gives numbers only; details are fetched up to 50 at a time. The push signs the
address exactly as it was registered, so that address is configured, never guessed.
"""

import time

from . import errors
from .orders import Order, OrderLine, is_masked, read_phone
from .payload import PayloadError, amount, dig, moment, records, text
from .provider import Event, OrderProviderApi, raise_for
from .signing import sign_shopee, verify_shopee

PAGE_SIZE = 50
STATES = {
    "UNPAID": "new",
    "READY_TO_SHIP": "confirmed",
    "PROCESSED": "confirmed",
    "RETRY_SHIP": "confirmed",
    "INVOICE_PENDING": "confirmed",
    "SHIPPED": "shipping",
    "TO_CONFIRM_RECEIVE": "shipping",
    "COMPLETED": "done",
    "IN_CANCEL": "cancelling",
    "CANCELLED": "cancelled",
    "TO_RETURN": "returning",
}
CODES = {
    "invalid_acceess_token": errors.TokenExpired,
    "invalid_access_token": errors.TokenExpired,
    "error_auth": errors.TokenExpired,
    "error_rate_limit": errors.Throttled,
    "frequency_limited": errors.Throttled,
    "error_server": errors.Transient,
    "error_inner": errors.Transient,
}
DETAILS = (
    "buyer_user_id,buyer_username,recipient_address,item_list,total_amount,note,pay_time"
    ",payment_method,package_list,cancel_reason"
)
DEAUTHORISED, ORDER_STATUS, EXPIRING = "2", "3", "12"


class ShopeeApi(OrderProviderApi):
    """Shopee; credentials ``app_key`` (partner id), ``app_secret`` (partner key),
    ``shop_ref``, ``access_token``, ``refresh_token``, ``webhook_url``."""

    HOSTS = {"api": "https://partner.shopeemobile.com"}
    SECRETS = ("app_secret", "access_token", "refresh_token")
    WEBHOOK_ANSWER = ""

    def verify(self, raw, headers):
        return verify_shopee(
            raw,
            headers.get("Authorization"),
            self.credentials.get("app_secret"),
            self.credentials.get("webhook_url"),
        )

    def read_events(self, payload, headers):
        if not isinstance(payload, dict):
            raise PayloadError("no push")
        code, shop = text(payload.get("code"), 8), text(payload.get("shop_id"), 64)
        if code in (DEAUTHORISED, EXPIRING):
            key = f"{shop}|{code}|{text(payload.get('timestamp'), 20)}"
            return [Event("authorisation", key, shop)]
        number = text(dig(payload, "data", "ordersn"), 64)
        if not number:
            return []
        parts = (
            shop,
            code,
            number,
            text(dig(payload, "data", "status"), 32),
            text(dig(payload, "data", "update_time"), 20),
        )
        return [Event("order", "|".join(part or "" for part in parts), number)]

    def check(self, reply):
        body = reply.body if isinstance(reply.body, dict) else {}
        code = text(body.get("error"))
        if code or reply.status >= 400:
            raise_for(code or reply.status, CODES, reply.text)
        return body

    def _get(self, path, params):
        reply = self.client().call("GET", path, params={**self._signed(path), **params})
        return self.check(reply)

    def _signed(self, path, with_token=True):
        partner = int(self.credentials.get("app_key") or 0)
        now = int(time.time())
        query = {"partner_id": partner, "timestamp": now}
        token = shop = ""
        if with_token:
            token = self.credentials.get("access_token") or ""
            shop = int(self.credentials.get("shop_ref") or 0)
            query |= {"access_token": token, "shop_id": shop}
        secret = self.credentials.get("app_secret") or ""
        return query | {"sign": sign_shopee(secret, partner, path, now, token, shop)}

    def refresh(self):
        """New tokens for the single-use refresh token.

        :return: dict of ``access_token``, ``refresh_token``, ``expires_in`` (seconds)
        """
        path = "/api/v2/auth/access_token/get"
        reply = self.client().call(
            "POST",
            path,
            params=self._signed(path, with_token=False),
            json={
                "refresh_token": self.credentials.get("refresh_token"),
                "partner_id": int(self.credentials.get("app_key") or 0),
                "shop_id": int(self.credentials.get("shop_ref") or 0),
            },
            repeatable=False,
        )
        body = self.check(reply)
        return {
            "access_token": text(body.get("access_token"), 2000),
            "refresh_token": text(body.get("refresh_token"), 2000),
            "expires_in": int(amount(body.get("expire_in")) or 14400),
        }

    def test(self):
        now = int(time.time())
        self.fetch_numbers(now - 3600, now)
        return "ok"

    def fetch_numbers(self, since, until, cursor=""):
        """``(order numbers, next cursor or None)`` of one page of the list."""
        body = self._get(
            "/api/v2/order/get_order_list",
            {
                "time_range_field": "update_time",
                "time_from": int(since),
                "time_to": int(until),
                "page_size": PAGE_SIZE,
                "cursor": cursor or "",
                "response_optional_fields": "order_status",
            },
        )
        found = records(dig(body, "response", "order_list"))
        numbers = [text(order.get("order_sn"), 64) for order in found]
        more = dig(body, "response", "more")
        return numbers, text(dig(body, "response", "next_cursor")) if more else None

    def fetch_page(self, since, until, cursor=None):
        numbers, following = self.fetch_numbers(since, until, cursor)
        return self._fetch_details(numbers) if numbers else [], following

    def fetch_order(self, external_id):
        return next(iter(self._fetch_details([external_id])), None)

    def _fetch_details(self, numbers):
        body = self._get(
            "/api/v2/order/get_order_detail",
            {"order_sn_list": ",".join(numbers), "response_optional_fields": DETAILS},
        )
        return [
            self._read(order) for order in records(dig(body, "response", "order_list"))
        ]

    def _read(self, order):
        name = text(dig(order, "recipient_address", "name"))
        raw_phone = text(dig(order, "recipient_address", "phone"))
        masked = is_masked(name, raw_phone)
        phone = None if masked else read_phone(raw_phone)[0]
        raw_state = text(order.get("order_status"), 32) or ""
        lines = tuple(map(self._read_line, records(order.get("item_list"))))
        goods = sum((line.total for line in lines), amount(None))
        total = amount(order.get("total_amount"))
        return Order(
            external_id=text(order.get("order_sn"), 64) or "",
            state=STATES.get(raw_state, "unknown"),
            raw_state=raw_state,
            lines=lines,
            paid="yes" if order.get("pay_time") else "no",
            customer=None if masked else name,
            phone=phone,
            phone_masked=masked,
            address=None
            if masked
            else text(dig(order, "recipient_address", "full_address")),
            province=text(dig(order, "recipient_address", "state")),
            discount=max(goods - total, amount(None)),
            shipping=max(total - goods, amount(None)),
            currency=text(order.get("currency"), 3) or "VND",
            created=moment(order.get("create_time")),
            updated=moment(order.get("update_time")),
            note=text(order.get("message_to_seller"), 2000),
            buyer_ref=text(order.get("buyer_user_id"), 64),
            buyer_name=text(order.get("buyer_username")),
            raw=order,
        )

    def _read_line(self, line):
        model = text(line.get("model_name"))
        name = text(line.get("item_name")) or "?"
        return OrderLine(
            sku=text(line.get("model_sku"), 64) or text(line.get("item_sku"), 64),
            name=f"{name} – {model}" if model else name,
            quantity=amount(line.get("model_quantity_purchased")),
            price_unit=amount(line.get("model_discounted_price")),
        )
