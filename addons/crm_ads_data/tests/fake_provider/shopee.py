"""Shopee Open Platform v2."""

import copy

from .marketplace import MarketplaceShop
from .shop import Reply, dump, hex_hmac


class ShopeeShop(MarketplaceShop):
    """Shopee v2: a list of numbers, details by 50, a period of 15 days at most."""

    PROVIDER = "shopee"
    SAMPLE = ("shopee/order_detail.json", ("response", "order_list", 0))
    STATES = {
        "new": "UNPAID",
        "confirmed": "READY_TO_SHIP",
        "shipping": "SHIPPED",
        "done": "COMPLETED",
        "cancelling": "IN_CANCEL",
        "cancelled": "CANCELLED",
        "returning": "TO_RETURN",
    }
    # What the details hold without being asked.
    ALWAYS = [
        "order_sn",
        "region",
        "currency",
        "cod",
        "order_status",
        "message_to_seller",
        "create_time",
        "update_time",
        "days_to_ship",
        "ship_by_date",
        "total_amount",
    ]

    def __init__(self, lock):
        super().__init__(lock)
        # What an order does not tell: its discount and shipping.
        self.sums = {}

    def make_credentials(self):
        return {
            "app_key": "2001001",
            "app_secret": "fake-shopee-partner-key-0001",
            "shop_ref": "300100100",
            "access_token": "fake-shopee-access-0001",
            "refresh_token": "fake-shopee-refresh-0001",
            "webhook_url": "https://erp.example/connector/shopee/1111",
        }

    def throttled(self):
        return self._error("error_rate_limit", "Request over frequency limit.")

    def refused(self):
        return self._error(
            "invalid_acceess_token", "Invalid access_token, please have a check.", 403
        )

    def _error(self, code, message, status=200):
        body = {"request_id": "fakerequest", "error": code, "message": message}
        return Reply(status, body)

    def refusal(self, request):
        query, own = request.query, self.credentials
        is_public = request.path.startswith("/api/v2/auth/")
        if query.get("partner_id") != own["app_key"]:
            return self._error("error_auth", "Invalid partner_id or shopid.", 403)
        names = ["partner_id", "timestamp"]
        names += [] if is_public else ["access_token", "shop_id"]
        parts = [query.get(name, "") for name in names]
        base = "".join([parts[0], request.path, *parts[1:]])
        if query.get("sign") != hex_hmac(own["app_secret"], base.encode()):
            return self._error("error_sign", "Wrong sign.", 403)
        if not self.is_fresh(request):
            return self._error("error_param", "Invalid timestamp")
        if is_public:
            return None
        if query["access_token"] not in self.good_tokens:
            return self.refused()
        if query["shop_id"] != own["shop_ref"]:
            return self._error("error_auth", "Invalid partner_id or shopid.", 403)
        return None

    def handle(self, request):
        name = request.path.removeprefix("/api/v2/")
        if (request.method, name) == ("POST", "auth/access_token/get"):
            return self._refresh(request.json or {})
        if (request.method, name) == ("GET", "order/get_order_list"):
            return self._list(request.query)
        if (request.method, name) == ("GET", "order/get_order_detail"):
            return self._detail(request.query)
        return self._error("error_not_found", "Wrong path.", 404)

    def _refresh(self, body):
        own = self.credentials
        ids = [int(own["app_key"]), int(own["shop_ref"])]
        if [body.get("partner_id"), body.get("shop_id")] != ids:
            return self._error("error_param", "partner_id and shop_id are int.")
        if not self.renew(body.get("refresh_token")):
            return self._error("error_auth", "Invalid refresh_token.", 403)
        reply = {
            "refresh_token": own["refresh_token"],
            "access_token": own["access_token"],
            "expire_in": 14400,
            "request_id": "fakerequest",
            "error": "",
            "message": "",
            "partner_id": ids[0],
            "shop_id": ids[1],
        }
        return Reply(200, reply)

    def _reply(self, response):
        head = {"request_id": "fakerequest", "error": "", "message": ""}
        return Reply(200, copy.deepcopy(head | {"response": response}))

    def _list(self, query):
        since, until = int(query.get("time_from", 0)), int(query.get("time_to", 0))
        if not 0 < since <= until <= since + 15 * 24 * 3600:
            return self._error("error_param", "Wrong time range: at most 15 days.")
        if query.get("time_range_field") not in ("create_time", "update_time"):
            return self._error("error_param", "Wrong time_range_field.")
        size = self.page_size(query.get("page_size"), 100)
        start = int(query.get("cursor") or 0)
        found = self.changed_in(since, until)
        more = len(found) > start + size
        names = ["order_sn", *query.get("response_optional_fields", "").split(",")]
        orders = [
            {name: order[name] for name in names if name in order}
            for order in found[start : start + size]
        ]
        cursor = str(start + size) if more else ""
        return self._reply({"more": more, "next_cursor": cursor, "order_list": orders})

    def _detail(self, query):
        numbers = [one for one in query.get("order_sn_list", "").split(",") if one]
        if not 0 < len(numbers) <= 50:
            return self._error("error_param", "order_sn_list is invalid")
        asked = set(query.get("response_optional_fields", "").split(","))
        known = set(self.sample_order())
        orders = [
            {
                name: value
                for name, value in self.orders[number].items()
                if name in asked or name in self.ALWAYS or name not in known
            }
            for number in numbers
            if number in self.orders
        ]
        return self._reply({"order_list": orders})

    def id_of(self, order):
        return order["order_sn"]

    def updated(self, order):
        return order["update_time"]

    def make_order(self, number):
        return self.sample_order() | {"order_sn": f"261013FAKE{number}"}

    def fill(self, order, values):
        for key in ("created", "updated"):
            if key in values:
                order[f"{key[:-1]}_time"] = values[key]
        if "state" in values:
            order["order_status"] = self.STATES.get(values["state"], values["state"])
        address = order["recipient_address"]
        for key in ("name", "phone"):
            if key in values:
                address[key] = values[key]
        if "lines" in values:
            sample = self.sample_order()["item_list"][0]
            order["item_list"] = [
                sample
                | {"item_id": 970000 + index, "item_name": name, "item_sku": sku}
                | {"model_quantity_purchased": quantity}
                | {"model_original_price": price, "model_discounted_price": price}
                for index, (sku, name, quantity, price) in enumerate(values["lines"])
            ]
        sums = self.sums.setdefault(self.id_of(order), {"discount": 0, "shipping": 0})
        sums |= {key: values[key] for key in sums if key in values}
        goods = sum(
            line["model_quantity_purchased"] * line["model_discounted_price"]
            for line in order["item_list"]
        )
        order["total_amount"] = goods - sums["discount"] + sums["shipping"]
        if "paid" in values:
            order["pay_time"] = order["update_time"] if values["paid"] else None

    def webhook(self, order, secret=None, topic=None, url=None):
        """A push of code ``topic`` (3: the status), signed for the registered URL."""
        code = int(topic or 3)
        data = {"items": [], "ordersn": order["order_sn"]}
        data |= {"status": order["order_status"], "update_time": order["update_time"]}
        shop = int(self.credentials["shop_ref"])
        if code in (2, 12):
            data = {"shop_id": shop, "success": 1}
        push = {"data": data, "shop_id": shop, "code": code}
        body = dump(push | {"timestamp": order["update_time"] + 2})
        signed = f"{url or self.credentials['webhook_url']}|".encode() + body
        sign = hex_hmac(secret or self.credentials["app_secret"], signed)
        return {"Content-Type": "application/json", "Authorization": sign}, body
