from types import SimpleNamespace

from odoo.tests import BaseCase, tagged

from ..services.connect import (
    errors,
    hosts,
    http,
    nhanh,
    orders,
    pancake,
    parts,
    payload,
    provider,
    scrub,
    shopee,
    shopify_like,
    signing,
    states,
    tiktok,
    words,
)
from .common import MANIFEST, SAMPLES, check_doctests

APIS = {
    "haravan": shopify_like.HaravanApi,
    "sapo": shopify_like.SapoApi,
    "nhanh": nhanh.NhanhApi,
    "pancake": pancake.PancakeApi,
    "shopee": shopee.ShopeeApi,
    "tiktok": tiktok.TiktokApi,
}


def entries(kind):
    """The manifest's entries of a kind, for the providers of orders."""
    return [
        entry
        for entry in MANIFEST
        if entry["kind"] == kind and entry["provider"] in APIS
    ]


def read(entry):
    """The bytes that the entry is about."""
    return (SAMPLES / entry["file"]).read_bytes()


def make_api(entry):
    """The provider with the credentials that the entry was signed with."""
    secret = entry.get("secret")
    return APIS[entry["provider"]](
        {
            "webhook_secret": secret,
            "app_secret": secret,
            "app_key": entry.get("app_id", "2001001"),
            "shop_ref": "1700001",
            "webhook_url": entry.get("url"),
        }
    )


def found_orders(api, body):
    """All orders of a reply, whatever its shape."""
    for path in (
        ("orders",),
        ("data", "orders"),
        ("response", "order_list"),
        ("data",),
    ):
        found = payload.dig(body, *path)
        if isinstance(found, list):
            return [api._read(order) for order in payload.records(found)]
    return [api._read(payload.dig(body, "data"))]


@tagged("post_install", "-at_install")
class TestConnectServices(BaseCase):
    """The providers against samples of their real shapes (``samples/providers``)."""

    def test_doctests(self):
        check_doctests(
            self,
            hosts,
            http,
            orders,
            parts,
            payload,
            provider,
            scrub,
            shopify_like,
            signing,
            states,
            words,
        )

    def test_webhooks_are_verified_and_read(self):
        for entry in entries("webhook"):
            with self.subTest(entry["id"]):
                self._check_webhook(entry, entry["expect"])

    def _check_webhook(self, entry, expect):
        api, raw, headers = make_api(entry), read(entry), dict(entry["headers"])
        if entry["provider"] == "pancake":
            # its secret is a part of the address
            guess = "refused" in entry["id"]
            headers["secret"] = "guess" if guess else entry["secret"]
        accepted = expect.get("accepted")
        if accepted is not None:
            self.assertEqual(api.verify(raw, headers), accepted)
        if not accepted:
            return
        events = api.read_events(payload.parse_json(raw), headers)
        if "keys" in expect:
            self.assertEqual([event.key for event in events], expect["keys"])
        if "order" in expect:
            order = expect["order"]
            wanted = order if isinstance(order, str) else order["external_id"]
            self.assertEqual([event.external_id for event in events], [wanted])

    def test_replies_are_judged(self):
        seen = set()
        for entry in entries("reply"):
            wanted = entry["expect"].get("error_class")
            with self.subTest(entry["id"]):
                error = self._judge(entry)
                self.assertEqual(error and type(error).__name__, wanted)
                if "retry_after" in entry["expect"]:
                    self.assertEqual(error.retry_after, entry["expect"]["retry_after"])
            seen.add(wanted)
        self.assertLessEqual(
            {"TokenExpired", "Throttled", "Transient", "Permanent"}, seen
        )

    def _judge(self, entry):
        response = SimpleNamespace(
            status_code=entry["http_status"], headers=entry.get("headers", {})
        )
        client = http.HttpClient("http://127.0.0.1")
        try:
            reply = client._judge(response, read(entry), errors.Transient)
            make_api(entry).check(reply)
        except errors.ApiError as error:
            return error
        return None

    def test_orders_are_exact(self):
        count = 0
        for entry in entries("reply"):
            if "orders" not in entry["expect"] or not entry["expect"]["orders"]:
                continue
            api = make_api(entry)
            found = found_orders(api, payload.parse_json(read(entry)))
            for order, wanted in zip(found, entry["expect"]["orders"], strict=True):
                with self.subTest(entry["id"], order=order.external_id):
                    got = self._describe(order)
                    self.assertEqual(
                        got, {key: wanted[key] for key in got if key in wanted}
                    )
                count += 1
        self.assertGreater(count, 30)

    def _describe(self, order):
        return {
            "external_id": order.external_id,
            "state": order.state,
            "paid": order.paid,
            "customer": order.customer,
            "phone": order.phone,
            "phone_masked": order.phone_masked,
            "ad": order.ad_ref,
            "lines": [
                {
                    "sku": line.sku,
                    "name": line.name,
                    "qty": line.quantity,
                    "price_unit": line.price_unit,
                    "discount": line.discount,
                }
                for line in order.lines
            ],
            "goods": order.goods,
            "discount": order.discount,
            "shipping": order.shipping,
            "total": order.total,
            "currency": order.currency,
            "created_utc": str(order.created),
            "updated_utc": str(order.updated),
        }
