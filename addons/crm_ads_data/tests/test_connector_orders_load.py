from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, common, tagged

from .common_connector_orders import ConnectorOrderCommon

AT_ONCE = 20


@tagged("post_install", "-at_install")
class TestConnectorOrdersCost(ConnectorOrderCommon):
    """Looking people, articles and ads up costs the same for few and for many."""

    def _count(self, method, *args):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        result = method(*args)
        return self.env.cr.sql_log_count - before, result

    def _orders(self, start, count):
        return [
            self._tell(
                str(number),
                phone=f"+8490{1000000 + number}",
                ad_ref=self.shop_ad.external_ref,
            )
            for number in range(start, start + count)
        ]

    def _look_up(self, records):
        """The look-ups for these orders, whose buyers and articles are known."""
        people = records._match_people()
        records._match_ads()
        return people, records._match_articles()

    def test_look_ups(self):
        few, many = self._orders(0, 3), self._orders(100, 90)
        self._store(*few, *many)
        orders = self.env["crm.connector.order"]
        first = orders.search([("external_id", "in", [o.external_id for o in few])])
        all_of = orders.search([("external_id", "in", [o.external_id for o in many])])
        cost_few, _found = self._count(self._look_up, first)
        cost_many, found = self._count(self._look_up, all_of)
        self.assertEqual(cost_few, cost_many)
        self.assertEqual(len(found[0]), 90)

    def test_told_again(self):
        few, many = self._orders(0, 3), self._orders(100, 90)
        self._store(*few, *many)
        cost_few, _found = self._count(self._store, *few)
        cost_many, _found = self._count(self._store, *many)
        self.assertEqual(cost_few, cost_many)
        self.assertLess(cost_many, 12)


@tagged("post_install", "-at_install")
class TestConnectorOrdersAtOnce(BaseCase):
    """The same order delivered twenty times at the same moment, on real cursors."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(common.get_db_name())
        with self._cursor() as env:
            connector = env["crm.connector"].create(
                {"name": "Rush", "provider": "nhanh", "user_id": SUPERUSER_ID}
            )
            self.connector_id = connector.id
            self.had_dong = env.ref("base.VND").active
            # made by the first order of a company, not by each of twenty
            company = connector.company_id
            self.had = {
                fname: company[fname].id
                for fname in ("connector_placeholder_id", "connector_shipping_id")
            }
        self.addCleanup(self._clean_up)

    @contextmanager
    def _cursor(self):
        """An environment on its own cursor, which commits in the end."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def _clean_up(self):
        with self._cursor() as env:
            connector = env["crm.connector"].browse(self.connector_id)
            orders = connector.order_ids
            sales, partners = orders.order_id, orders.partner_id
            env["crm.connector.buyer"].search(
                [("partner_id", "in", partners.ids)]
            ).unlink()
            orders.unlink()
            sales._action_cancel()
            sales.unlink()
            partners.unlink()
            made = env["product.product"]
            for fname, had in self.had.items():
                if not had:
                    made |= connector.company_id[fname]
                    connector.company_id[fname] = False
            made.product_tmpl_id.unlink()
            connector.unlink()
            env.ref("base.VND").active = self.had_dong

    def test_twenty_deliveries_are_one_order(self):
        barrier = Barrier(AT_ONCE)
        told = ConnectorOrderCommon._tell("RUSH-1", phone="+84356000111")

        def deliver(_number):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                # the snapshot of each begins before any of them writes
                connector = env["crm.connector"].browse(self.connector_id)
                connector.mapped("name")
                barrier.wait()

                def store():
                    return env["crm.connector.order"]._store(connector, [told]).id

                # as a web request does it: run again after a conflict
                return retrying(store, env)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            ids = set(pool.map(deliver, range(AT_ONCE)))
        self.assertEqual(len(ids), 1)
        with self._cursor() as env:
            connector = env["crm.connector"].browse(self.connector_id)
            self.assertEqual(connector.order_ids.ids, list(ids))
            self.assertEqual(connector.order_ids.order_id.amount_total, 389000)
            self.assertEqual(connector.order_ids.order_id.state, "sale")
            sales = env["sale.order"].search([("client_order_ref", "=", "RUSH-1")])
            self.assertEqual(len(sales), 1)
            buyers = env["res.partner"].search([("phone", "=", "+84356000111")])
            self.assertEqual(len(buyers), 1)
