"""Haravan and Sapo: the same lists, other names of moments, other spelling of money."""

import base64
import copy

from .shop import Reply, Shop, base64_hmac, dump, from_iso, iso


class ShopifyLikeShop(Shop):
    """What both share: pages by number, ``since_id``, errors by HTTP status."""

    CREATED = UPDATED = CANCELLED = ""
    SIGNATURE_HEADER = TOPIC_HEADER = ""
    PATH = ""
    LIMIT = 50
    FRACTION = "Z"
    # (financial status, fulfilment status)
    STATES = {
        "new": ("pending", None),
        "confirmed": ("pending", None),
        "shipping": ("pending", "partial"),
        "done": ("paid", "fulfilled"),
        "cancelled": ("voided", None),
        "returned": ("refunded", "fulfilled"),
        "partial_return": ("partially_refunded", "fulfilled"),
    }

    def money(self, value):
        """An amount as the provider spells it."""
        raise NotImplementedError

    def throttled(self):
        return Reply(429, {"errors": "Too Many Requests"}, {"Retry-After": "2"})

    def refused(self):
        return Reply(401, {"errors": "[API] Invalid API key or access token"})

    def handle(self, request):
        if request.path == f"{self.PATH}.json":
            return self._list(request.query)
        number = request.path.removeprefix(f"{self.PATH}/").removesuffix(".json")
        if number == "count":
            return Reply(200, {"count": len(self._find(request.query))})
        if number not in self.orders:
            return Reply(404, {"errors": "Not Found"})
        return Reply(200, {"order": copy.deepcopy(self.orders[number])})

    def _list(self, query):
        for name in ("limit", "page", "since_id"):
            if not query.get(name, "1").isdigit():
                return Reply(422, {"errors": {name: ["is invalid"]}})
        try:
            found = self._find(query)
        except ValueError:
            return Reply(422, {"errors": {f"{self.UPDATED}_min": ["is invalid"]}})
        size = self.page_size(query.get("limit"), self.LIMIT)
        start = (int(query.get("page") or 1) - 1) * size
        headers = {"X-Haravan-Api-Call-Limit": "3/80"}
        page = copy.deepcopy(found[start : start + size])
        return Reply(200, {"orders": page}, headers)

    def _find(self, query):
        """What the query asks for, newest first (oldest first after a ``since_id``)."""
        bounds = (query.get(f"{self.UPDATED}_{end}") for end in ("min", "max"))
        found = self.changed_in(*(bound and from_iso(bound) for bound in bounds))
        if query.get("status", "open") == "open":
            found = [order for order in found if not order[self.CANCELLED]]
        after = int(query.get("since_id") or 0)
        if after:
            found = [order for order in found if order["id"] > after]
        found.sort(key=lambda order: order["id"], reverse=not after)
        return found

    def updated(self, order):
        return from_iso(order[self.UPDATED])

    def make_order(self, number):
        order = self.sample_order()
        order["id"] = number
        order["name"] = f"#{number}"
        order["note_attributes"] = []
        return order

    def fill(self, order, values):
        for key, name in (("created", self.CREATED), ("updated", self.UPDATED)):
            if key in values:
                order[name] = iso(values[key], self.FRACTION)
        addresses = [order["shipping_address"], order["billing_address"]]
        for key in ("name", "phone"):
            if key in values:
                for address in addresses:
                    address[key] = values[key]
        if "phone" in values:
            order["customer"]["phone"] = values["phone"]
        if "email" in values:
            order["email"] = order["customer"]["email"] = values["email"]
        if "ad" in values:
            order["landing_site"] = values["ad"] and (
                f"/p?utm_source=facebook&utm_campaign=fake&utm_content={values['ad']}"
            )
        self._fill_money(order, values)
        if "state" in values:
            self._fill_state(order, values["state"])
        if values.get("paid") and order["financial_status"] == "pending":
            order["financial_status"] = "paid"

    def _fill_state(self, order, state):
        financial, fulfilment = self.STATES.get(state, ("pending", state))
        order["financial_status"] = financial
        order["fulfillment_status"] = fulfilment
        is_cancelled = state == "cancelled"
        order[self.CANCELLED] = order[self.UPDATED] if is_cancelled else None
        order["cancel_reason"] = "customer" if is_cancelled else None
        self.mark_state(order, state)

    def mark_state(self, order, state):
        """Write what one of the two alone says of the state."""
        raise NotImplementedError

    def _fill_money(self, order, values):
        if "lines" in values:
            sample = self.sample_order()["line_items"][0]
            order["line_items"] = [
                sample
                | {"id": order["id"] * 10 + index, "sku": sku, "title": name}
                | {"name": name, "quantity": quantity, "price": self.money(price)}
                | {"total_discount": self.money(0)}
                for index, (sku, name, quantity, price) in enumerate(values["lines"])
            ]
        if "discount" in values:
            order["total_discounts"] = self.money(values["discount"])
        if "shipping" in values:
            price = self.money(values["shipping"])
            line = {"code": "GHTN", "title": "Giao hàng tận nơi", "price": price}
            order["shipping_lines"] = [line] if values["shipping"] else []
        lines = order["line_items"]
        goods = sum(line["quantity"] * float(line["price"]) for line in lines)
        discount = float(order["total_discounts"])
        shipping = sum(float(line["price"]) for line in order["shipping_lines"])
        order["total_line_items_price"] = self.money(goods)
        order["subtotal_price"] = self.money(goods - discount)
        order["total_price"] = self.money(goods - discount + shipping)

    def webhook(self, order, secret=None, topic=None):
        topic = topic or "orders/updated"
        body = dump({"id": order["id"]} if topic == "orders/delete" else order)
        secret = secret or self.credentials["webhook_secret"]
        headers = {
            "Content-Type": "application/json",
            self.TOPIC_HEADER: topic,
            self.SIGNATURE_HEADER: base64_hmac(secret, body),
        }
        return headers, body


class HaravanShop(ShopifyLikeShop):
    """Haravan: a bearer token, amounts are floats, moments end in ``_at``."""

    PROVIDER = "haravan"
    SAMPLE = ("haravan/orders_page_1.json", ("orders", 0))
    FIRST_NUMBER = 1300000001
    CREATED, UPDATED, CANCELLED = "created_at", "updated_at", "cancelled_at"
    SIGNATURE_HEADER, TOPIC_HEADER = "X-Haravan-Hmacsha256", "X-Haravan-Topic"
    PATH = "/com/orders"
    FRACTION = ".808Z"

    def make_credentials(self):
        return {
            "access_token": "fake-haravan-token-0001",
            "webhook_secret": "fake-haravan-secret-0001",
            "verify_token": "fake-haravan-verify-0001",
        }

    def refusal(self, request):
        wanted = f"Bearer {self.credentials['access_token']}"
        return (
            None if request.headers.get("authorization") == wanted else self.refused()
        )

    def money(self, value):
        return float(value)

    def mark_state(self, order, state):
        is_new, is_cancelled = state == "new", state == "cancelled"
        order["confirmed_status"] = "unconfirmed" if is_new else "confirmed"
        order["cancelled_status"] = "cancelled" if is_cancelled else "uncancelled"


class SapoShop(ShopifyLikeShop):
    """Sapo: key and secret by Basic, amounts are texts, moments end in ``_on``."""

    PROVIDER = "sapo"
    SAMPLE = ("sapo/orders_page_1.json", ("orders", 0))
    FIRST_NUMBER = 130000001
    CREATED, UPDATED, CANCELLED = "created_on", "modified_on", "cancelled_on"
    SIGNATURE_HEADER, TOPIC_HEADER = "X-Sapo-Hmac-SHA256", "X-Sapo-Topic"
    PATH = "/admin/orders"
    LIMIT = 250

    def make_credentials(self):
        return {
            "api_key": "fake-sapo-key-0001",
            "api_secret": "fake-sapo-password-0001",
            "webhook_secret": "fake-sapo-secret-0001",
            "shop_ref": "la-xanh",
        }

    def throttled(self):
        return Reply(429, {"errors": "Too Many Requests"})

    def refusal(self, request):
        pair = f"{self.credentials['api_key']}:{self.credentials['api_secret']}"
        wanted = f"Basic {base64.b64encode(pair.encode()).decode()}"
        return (
            None if request.headers.get("authorization") == wanted else self.refused()
        )

    def money(self, value):
        return str(int(value))

    def mark_state(self, order, state):
        order["status"] = "cancelled" if state == "cancelled" else "open"
        if state == "confirmed":
            order["financial_status"] = "paid"
