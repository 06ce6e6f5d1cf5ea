"""Nhanh and Pancake POS: shops that gather the orders of others; a static key."""

import copy

from .shop import Reply, Shop, dump, from_iso, hex_hmac, iso

_MONTH = 31 * 24 * 3600


class NhanhShop(Shop):
    """Nhanh v3: POST everywhere, an opaque paginator, the bare token as a header."""

    PROVIDER = "nhanh"
    SAMPLE = ("nhanh/order_list_page_1.json", ("data", 0))
    FIRST_NUMBER = 426900001
    STATES = {
        "new": 54,
        "confirmed": 56,
        "shipping": 59,
        "done": 60,
        "cancelled": 63,
        "returning": 71,
        "returned": 72,
    }

    def make_credentials(self):
        return {
            "app_key": "72001",
            "shop_ref": "81001",
            "access_token": "fake-nhanh-token-0001",
            "webhook_secret": "fake-nhanh-verify-0001",
        }

    def throttled(self):
        lock = {"lockedSeconds": 30, "unlockedAt": 1791300030}
        return self._error("ERR_429", "Too many requests", lock)

    def refused(self):
        return self._error("ERR_INVALID_ACCESS_TOKEN", "Invalid access token")

    def _error(self, code, message, data=None):
        body = {"code": 0, "errorCode": code, "messages": message, "data": data}
        return Reply(200, body)

    def refusal(self, request):
        own = self.credentials
        if request.headers.get("authorization") != own["access_token"]:
            return self.refused()
        if request.query.get("appId") != own["app_key"]:
            return self._error("ERR_INVALID_APP_ID", "Invalid appId")
        if request.query.get("businessId") != own["shop_ref"]:
            return self._error("ERR_INVALID_BUSINESS_ID", "Invalid businessId")
        return None

    def handle(self, request):
        body = request.json
        if request.method != "POST" or not isinstance(body, dict):
            return self._error("ERR_400", ["The body is no JSON object"])
        if request.path != "/v3.0/order/list":
            return self._error("ERR_404", ["Not found"])
        filters = body.get("filters") or {}
        since, until = filters.get("updatedAtFrom"), filters.get("updatedAtTo")
        if since and until and until - since > _MONTH:
            return self._error("ERR_400", {"updatedAtTo": "at most 31 days"})
        found = self.changed_in(since, until)
        if filters.get("ids"):
            ids = set(map(str, filters["ids"]))
            found = [
                order for order in self.orders.values() if self.id_of(order) in ids
            ]
        paginator = body.get("paginator") or {}
        size = self.page_size(paginator.get("size"), 100)
        following = paginator.get("next")
        if following:
            if following.get("hash") != self._proof(following):
                return self._error("ERR_400", ["paginator.next is not ours"])
            last = (following["lastUpdate"], str(following["lastId"]))
            found = [
                order
                for order in found
                if (self.updated(order), self.id_of(order)) > last
            ]
        page = found[:size]
        reply = {"code": 1, "messages": [], "data": page, "paginator": {"next": None}}
        if len(found) > size:
            info = page[-1]["info"]
            following = {"lastId": info["id"], "lastUpdate": info["updatedAt"]}
            reply["paginator"]["next"] = following | {"hash": self._proof(following)}
        return Reply(200, copy.deepcopy(reply))

    def _proof(self, following):
        text = f"{following.get('lastUpdate')}|{following.get('lastId')}"
        return hex_hmac("paginator", text.encode())[:16]

    def id_of(self, order):
        return str(order["info"]["id"])

    def updated(self, order):
        return order["info"]["updatedAt"]

    def make_order(self, number):
        order = self.sample_order()
        order["info"]["id"] = number
        order["channel"]["appOrderId"] = f"LX{number}"
        return order

    def fill(self, order, values):
        info, address = order["info"], order["shippingAddress"]
        for key, name in (("created", "createdAt"), ("updated", "updatedAt")):
            if key in values:
                info[name] = values[key]
        if "state" in values:
            info["status"] = self.STATES.get(values["state"], values["state"])
        for key, name in (("name", "name"), ("phone", "mobile"), ("email", "email")):
            if key in values:
                address[name] = values[key]
        if "ad" in values:
            order["channel"]["fbAdsId"] = values["ad"]
        if "lines" in values:
            order["products"] = [
                {
                    "productId": 70000 + index,
                    "code": sku,
                    "name": name,
                    "quantity": quantity,
                    "price": price,
                    "discount": 0,
                    "totalAmount": quantity * price,
                }
                for index, (sku, name, quantity, price) in enumerate(values["lines"])
            ]
        payment, carrier = order["payment"], order["carrier"]
        if "discount" in values:
            payment["discount"] = values["discount"]
        if "shipping" in values:
            carrier["customerShipFee"] = values["shipping"]
        goods = sum(line["totalAmount"] for line in order["products"])
        total = goods - payment["discount"] + carrier["customerShipFee"]
        if "paid" in values:
            payment["transfer"]["amount"] = total if values["paid"] else 0
        payment["codAmount"] = total - payment["transfer"]["amount"]

    def webhook(self, order, secret=None, topic=None):
        topic = topic or "orderUpdate"
        body = {"event": topic, "businessId": int(self.credentials["shop_ref"])}
        if topic == "orderDelete":
            body["data"] = [order["info"]["id"]]
        elif topic != "webhooksEnabled":
            body["data"] = self._webhook_shape(order)
        headers = {
            "Content-Type": "application/json",
            "Authorization": secret or self.credentials["webhook_secret"],
        }
        return headers, dump(body)

    def _webhook_shape(self, order):
        """The list's order as a webhook spells it: other names for the same things."""
        order = copy.deepcopy(order)
        info, channel = order["info"], order["channel"]
        order["sale"] = {"id": info.pop("saleId"), "name": info.pop("saleName")}
        order["channel"] = {
            "saleChannel": channel["saleChannel"],
            "trafficSource": {"id": 3, "name": channel["trafficSource"]},
            "facebook": {
                "pageId": channel["pageId"],
                "conversationId": channel["conversationId"],
                "adId": channel["fbAdsId"],
                "postId": None,
            },
        }
        for line in order["products"]:
            line["id"] = line.pop("productId")
            line.pop("totalAmount")
        order.pop("gifts", None)
        return order


class PancakeShop(Shop):
    """Pancake POS: the key in the query, pages by number, nothing is signed."""

    PROVIDER = "pancake"
    SAMPLE = ("pancake/orders_page_1.json", ("data", 0))
    FIRST_NUMBER = 1001
    STATES = {
        "new": 0,
        "confirmed": 1,
        "shipping": 2,
        "done": 3,
        "returning": 4,
        "returned": 5,
        "cancelled": 6,
        "deleted": 7,
        "partial_return": 15,
    }

    def make_credentials(self):
        return {
            "api_key": "fake-pancake-key-0001",
            "shop_ref": "1700001",
            "webhook_secret": "fake-pancake-address-0001",
        }

    def throttled(self):
        return Reply(429, {"success": False, "message": "Too many requests"})

    def refused(self):
        body = {"success": False, "error_code": 105, "message": "Access token renewed"}
        return Reply(200, body)

    def refusal(self, request):
        if request.query.get("api_key") != self.credentials["api_key"]:
            return Reply(401, {"success": False, "message": "api_key is invalid"})
        return None

    def handle(self, request):
        base = f"/api/v1/shops/{self.credentials['shop_ref']}/orders"
        if request.path == base:
            return self._list(request.query)
        order = self.orders.get(request.path.removeprefix(f"{base}/"))
        if order is None:
            return Reply(404, {"success": False, "message": "Not found"})
        return Reply(200, {"success": True, "data": copy.deepcopy(order)})

    def _list(self, query):
        size = self.page_size(query.get("page_size"), 500)
        number = int(query.get("page_number") or 1)
        since, until = query.get("startDateTime"), query.get("endDateTime")
        found = self.changed_in(since and int(since), until and int(until), True)
        found = [order for order in found if order["status"] != self.STATES["deleted"]]
        body = {
            "success": True,
            "data": found[(number - 1) * size : number * size],
            "page_number": number,
            "page_size": size,
            "total_pages": -(-len(found) // size),
            "total_entries": len(found),
        }
        return Reply(200, copy.deepcopy(body))

    def updated(self, order):
        return from_iso(order["updated_at"])

    def make_order(self, number):
        order = self.sample_order()
        order["id"] = number
        order["system_id"] = 900000 + number
        order["shop_id"] = int(self.credentials["shop_ref"])
        return order

    def fill(self, order, values):
        for key, name in (("created", "inserted_at"), ("updated", "updated_at")):
            if key in values:
                order[name] = iso(values[key], ".413296")
        if "state" in values:
            order["status"] = self.STATES.get(values["state"], values["state"])
            order["status_name"] = str(values["state"])
        if "name" in values:
            order["bill_full_name"] = order["customer"]["name"] = values["name"]
            order["shipping_address"]["full_name"] = values["name"]
        if "phone" in values:
            order["bill_phone_number"] = values["phone"]
            order["customer"]["phone_numbers"] = [values["phone"]]
            order["shipping_address"]["phone_number"] = values["phone"]
        for key, name in (("email", "bill_email"), ("ad", "ad_id")):
            if key in values:
                order[name] = values[key]
        if "lines" in values:
            sample = self.sample_order()["items"][0]
            order["items"] = [
                sample
                | {"id": index, "quantity": quantity, "retail_price": price}
                | {
                    "variation_info": sample["variation_info"]
                    | {"name": name, "display_id": sku, "retail_price": price}
                }
                for index, (sku, name, quantity, price) in enumerate(values["lines"])
            ]
        for key, name in (("discount", "total_discount"), ("shipping", "shipping_fee")):
            if key in values:
                order[name] = values[key]
        goods = sum(line["quantity"] * line["retail_price"] for line in order["items"])
        total = goods - order["total_discount"] + order["shipping_fee"]
        order["total_price"] = goods
        order["total_price_after_sub_discount"] = goods - order["total_discount"]
        if "paid" in values:
            order["transfer_money"] = total if values["paid"] else 0
        order["cod"] = order["money_to_collect"] = total - order["transfer_money"]

    def webhook(self, order, secret=None, topic=None):
        """Unsigned: the secret stands in the address, see ``webhook_query``."""
        return {"Content-Type": "application/json"}, dump(order)

    def webhook_query(self, secret=None):
        """What the address ends in."""
        return f"?secret={secret or self.credentials['webhook_secret']}"
