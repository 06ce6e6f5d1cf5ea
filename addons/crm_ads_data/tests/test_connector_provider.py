import time

from odoo import fields
from odoo.tests import tagged

from ..services.connect.payload import parse_json
from ..services.connect.provider import Event
from .common_connector import ORDER_PROVIDERS, ConnectorCommon


@tagged("post_install", "-at_install")
class TestConnectorProvider(ConnectorCommon):
    """The six platforms from end to end: their fake shop, our crons, their orders."""

    def setUp(self):
        super().setUp()
        for provider in ORDER_PROVIDERS:
            # the shop is everybody's: each test has its own
            shop = type(self.server.shop(provider))(self.server.lock)
            shop.address = self.server.url
            self.server.shops[provider] = shop

    def _orders(self, connector):
        return self.env["crm.connector.order"].search(
            [("connector_id", "=", connector.id)]
        )

    def _tell(self, connector, order):
        """Bring what the shop would tell of an order, twice; number of new events."""
        shop = self.server.shop(connector.provider)
        headers, raw = shop.webhook(order)
        headers = {**headers, "secret": connector.webhook_secret}
        api = connector._get_webhook_api()
        self.assertTrue(api.verify(raw, _Headers(headers)))
        events = api.read_events(parse_json(raw), _Headers(headers))
        count = connector._receive(events) + connector._receive(events)
        connector.invalidate_recordset(["event_ids"])
        return count

    def test_all_pages_of_every_platform_come_in(self):
        connectors, counts = self.env["crm.connector"], {}
        for provider in ORDER_PROVIDERS:
            shop = self.server.shop(provider)
            # a short page is the last one where pages are only counted
            is_counted = provider in ("haravan", "sapo")
            shop.page_cap = None if is_counted else 3
            counts[provider] = 55 if is_counted else 8
            shop.add_many(counts[provider], updated=int(time.time()) - 60)
            connectors |= self._create_connector(provider)
        self._run_cron("poll")
        for connector in connectors:
            with self.subTest(connector.provider):
                self.assertFalse(connector.last_error)
                found = self._orders(connector)
                self.assertEqual(len(found), counts[connector.provider])
                self.assertTrue(connector.last_sync)
        connectors.next_poll = False
        self._run_cron("poll")
        for connector in connectors:
            found = self._orders(connector)
            self.assertEqual(len(found), counts[connector.provider], "once more")

    def test_an_outage_in_the_middle_loses_and_doubles_nothing(self):
        for provider in ("pancake", "nhanh", "shopee"):
            shop = self.server.shop(provider)
            shop.page_cap = 3
            shop.add_many(8, updated=int(time.time()) - 60)
            connector = self._create_connector(provider)
            for kind in ("500", "truncated", "throttle"):
                self.server.fail(provider, kind)
                self._run_cron("poll")
                self.assertTrue(connector.last_error, kind)
                connector.write({"next_poll": False, "wait_until": False})
            self._run_cron("poll")
            self.assertFalse(connector.last_error)
            self.assertEqual(len(self._orders(connector)), 8)

    def test_a_webhook_brings_the_order_as_it_is_now(self):
        for provider in ORDER_PROVIDERS:
            with self.subTest(provider):
                connector = self._create_connector(provider)
                shop = self.server.shop(provider)
                order = shop.add(state="confirmed")
                self.assertEqual(self._tell(connector, order), 1)
                self._run_cron("inbox")
                event = connector.event_ids
                self.assertEqual((event.state, event.error), ("done", False))
                found = self._orders(connector)
                self.assertEqual(found.external_id, shop.id_of(order))
                self.assertEqual(event.res_model, "crm.connector.order")
                self.assertEqual(event.res_id, found.id)

    def test_an_order_that_is_gone_is_kept_as_deleted(self):
        connector = self._create_connector("nhanh")
        shop = self.server.shop("nhanh")
        order = shop.add(updated=int(time.time()) - 60)
        self._tell(connector, order)
        self._run_cron("inbox")
        self.assertEqual(self._orders(connector).state, "confirmed")
        shop.delete(shop.id_of(order))
        connector._receive([Event("orderUpdate", "later", shop.id_of(order))])
        self._run_cron("inbox")
        self.assertEqual(self._orders(connector).state, "deleted")

    def test_a_deletion_is_believed_without_a_call(self):
        connector = self._create_connector("haravan")
        shop = self.server.shop("haravan")
        order = shop.add(updated=int(time.time()) - 60)
        self._tell(connector, order)
        self._run_cron("inbox")
        self.server.requests.clear()
        connector._receive(
            [Event("orders/delete", "gone", shop.id_of(order), payload={"id": 1})]
        )
        self._run_cron("inbox")
        self.assertEqual(self._orders(connector).state, "deleted")
        self.assertFalse(self.server.requests)

    def test_an_id_that_is_no_number_is_given_up_with_words(self):
        connector = self._create_connector("pancake")
        connector._receive([Event("order", "x", "../../1")])
        self._run_cron("inbox")
        event = connector.event_ids
        self.assertEqual(event.state, "dead")
        self.assertIn("no order number", event.error)

    def test_a_return_is_told_apart_from_the_order(self):
        connector = self._create_connector("tiktok")
        shop = self.server.shop("tiktok")
        order = shop.add(state="done", updated=int(time.time()) - 600)
        number = shop.id_of(order)
        for key, status, state in (
            ("r1", "RETURN_OR_REFUND_REQUEST_PENDING", "returning"),
            ("r2", "RETURN_OR_REFUND_REQUEST_COMPLETE", "returned"),
        ):
            payload = {"return_status": status, "update_time": int(time.time())}
            connector._receive([Event("return", key, number, payload=payload)])
            self._run_cron("inbox")
            self.assertEqual(self._orders(connector).state, state)
        other = shop.add(state="done")
        payload = {"return_status": "RETURN_OR_REFUND_REQUEST_CANCEL"}
        connector._receive([Event("return", "r3", shop.id_of(other), payload=payload)])
        self._run_cron("inbox")
        found = self._orders(connector).filtered(
            lambda one: one.external_id == shop.id_of(other)
        )
        self.assertEqual(found.state, "done")

    def test_access_that_ended_in_the_meantime_is_renewed_by_itself(self):
        connector = self._create_connector("shopee")
        shop = self.server.shop("shopee")
        order = shop.add()
        self._tell(connector, order)
        shop.expire()
        self._run_cron("inbox")
        self.assertEqual(connector.event_ids.state, "done")
        self.assertEqual(connector.auth_state, "ok")
        self.assertGreater(connector.token_expiry, fields.Datetime.now())


class _Headers(dict):
    """Headers whose names are found in any spelling."""

    def get(self, name, default=None):
        found = {key.lower(): value for key, value in self.items()}
        return found.get(name.lower(), default)
