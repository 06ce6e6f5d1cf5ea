"""TikTok Shop."""

import copy
import time

from .marketplace import MarketplaceShop
from .shop import Reply, dump, hex_hmac


class TiktokShop(MarketplaceShop):
    """TikTok Shop: the very bytes are signed, one line for each piece."""

    PROVIDER = "tiktok"
    HOSTS = ("api", "auth")
    SAMPLE = ("tiktok/orders_search_page_1.json", ("data", "orders", 0))
    FIRST_NUMBER = 576900000000000001
    STATES = {
        "new": "UNPAID",
        "confirmed": "AWAITING_SHIPMENT",
        "shipping": "IN_TRANSIT",
        "done": "COMPLETED",
        "cancelled": "CANCELLED",
    }

    def make_credentials(self):
        return {
            "app_key": "6fakeappk1",
            "app_secret": "fake-tiktok-app-secret-0001",
            "shop_ref": "fake-cipher-0001",
            "access_token": "fake-tiktok-access-0001",
            "refresh_token": "fake-tiktok-refresh-0001",
        }

    def throttled(self):
        return self._error(36009002, "Too many requests")

    def refused(self):
        message = "Expired credentials: access token is expired. Refresh it."
        return self._error(105002, message)

    def _error(self, code, message, status=200):
        body = {"code": code, "message": message, "request_id": "2026fake", "data": {}}
        return Reply(status, body)

    def _reply(self, data):
        head = {"code": 0, "message": "Success", "request_id": "2026fake"}
        return Reply(200, copy.deepcopy(head | {"data": data}))

    def refusal(self, request):
        query, own = request.query, self.credentials
        if query.get("app_key") != own["app_key"]:
            return self._error(36009004, "Invalid app_key", 400)
        if request.path.startswith("/api/v2/token/"):
            good = query.get("app_secret") == own["app_secret"]
            return None if good else self._error(36004003, "Invalid app_secret")
        signed = sorted(set(query) - {"sign", "access_token"})
        base = request.path + "".join(f"{name}{query[name]}" for name in signed)
        secret = own["app_secret"].encode()
        message = secret + base.encode() + request.body + secret
        if query.get("sign") != hex_hmac(own["app_secret"], message):
            return self._error(106001, "The 'sign' in query is invalid.")
        if not self.is_fresh(request):
            return self._error(36009004, "Invalid timestamp", 400)
        if request.headers.get("x-tts-access-token") not in self.good_tokens:
            return self.refused()
        return None

    def handle(self, request):
        if request.path == "/api/v2/token/refresh":
            return self._refresh(request.query)
        if request.path == "/authorization/202309/shops":
            shop = {"id": "7495000000000000001", "name": "Lá Xanh TikTok"}
            shop |= {"region": "VN", "cipher": self.credentials["shop_ref"]}
            return self._reply({"shops": [shop]})
        if request.query.get("shop_cipher") != self.credentials["shop_ref"]:
            return self._error(106013, "shop_cipher is missing or wrong")
        if request.path == "/order/202309/orders":
            wanted = request.query.get("ids", "").split(",")[:50]
            found = [self.orders[one] for one in wanted if one in self.orders]
            return self._reply({"orders": found})
        if (request.method, request.path) == ("POST", "/order/202309/orders/search"):
            return self._search(request.query, request.json or {})
        return self._error(36009004, "Invalid path", 404)

    def _refresh(self, query):
        if query.get("grant_type") != "refresh_token":
            return self._error(36004004, "Invalid grant_type")
        if not self.renew(query.get("refresh_token")):
            return self._error(105003, "Invalid credentials: refresh token.")
        now = int(time.time())
        data = {
            "access_token": self.credentials["access_token"],
            "access_token_expire_in": now + 7 * 24 * 3600,
            "refresh_token": self.credentials["refresh_token"],
            "refresh_token_expire_in": now + 365 * 24 * 3600,
            "open_id": "fakeopen",
            "seller_name": "Lá Xanh TikTok",
            "seller_base_region": "VN",
            "user_type": 0,
        }
        return self._reply(data)

    def _search(self, query, filters):
        if not 0 < int(query.get("page_size", 0)) <= 100:
            return self._error(36009004, "Invalid params: page_size", 400)
        since, until = filters.get("update_time_ge"), filters.get("update_time_lt")
        found = self.changed_in(since, until and until - 1)
        total = len(found)
        size = self.page_size(query["page_size"], 100)
        token = query.get("page_token")
        if token:
            last = tuple(token.removesuffix("==").split("."))
            found = [order for order in found if self._place(order) > last]
        following = ""
        if len(found) > size:
            following = ".".join(self._place(found[size - 1])) + "=="
        data = {"next_page_token": following, "total_count": total}
        return self._reply(data | {"orders": found[:size]})

    def _place(self, order):
        return str(order["update_time"]), order["id"]

    def updated(self, order):
        return order["update_time"]

    def make_order(self, number):
        return self.sample_order() | {"id": str(number)}

    def fill(self, order, values):
        for key in ("created", "updated"):
            if key in values:
                order[f"{key[:-1]}_time"] = values[key]
        if "state" in values:
            order["status"] = self.STATES.get(values["state"], values["state"])
        address = order["recipient_address"]
        for key, name in (("name", "name"), ("phone", "phone_number")):
            if key in values:
                address[name] = values[key]
        if "lines" in values:
            order["line_items"] = self._pieces(order, values["lines"])
        payment = order["payment"]
        for key, name in (
            ("discount", "seller_discount"),
            ("shipping", "shipping_fee"),
        ):
            if key in values:
                payment[name] = str(values[key])
        goods = sum(int(item["sale_price"]) for item in order["line_items"])
        total = goods - int(payment["seller_discount"]) + int(payment["shipping_fee"])
        payment |= {"sub_total": str(goods), "total_amount": str(total)}
        if "paid" in values:
            order["paid_time"] = order["update_time"] if values["paid"] else None

    def _pieces(self, order, lines):
        sample = self.sample_order()["line_items"][0]
        pieces = [
            sample
            | {"sku_id": f"17200000000000700{index:02d}", "seller_sku": sku}
            | {"product_name": name, "sale_price": str(price)}
            for index, (sku, name, quantity, price) in enumerate(lines)
            for _piece in range(quantity)
        ]
        return [
            piece | {"id": f"{order['id']}{number}"}
            for number, piece in enumerate(pieces)
        ]

    def webhook(self, order, secret=None, topic=None):
        """A notification of type ``topic`` (1: the status) with an id of its own."""
        data = {"order_id": order["id"], "order_status": order["status"]}
        data |= {"is_on_hold_order": False, "update_time": order["update_time"]}
        body = dump(
            {
                "type": int(topic or 1),
                "tts_notification_id": f"7{next(self.numbers)}",
                "shop_id": "7495000000000000001",
                "timestamp": order["update_time"] + 1,
                "data": data,
            }
        )
        message = self.credentials["app_key"].encode() + body
        sign = hex_hmac(secret or self.credentials["app_secret"], message)
        return {"Content-Type": "application/json", "Authorization": sign}, body
