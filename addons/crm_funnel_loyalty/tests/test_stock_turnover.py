import doctest
from datetime import timedelta
from unittest import SkipTest

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..services import turnover
from .common import FunnelCommon

MENU = "crm_funnel_loyalty.menu_stock_turnover"
FIGURES = (
    "turnover_sold_qty",
    "turnover_on_hand_qty",
    "turnover_days_left",
    "turnover_ratio",
    "turnover_state",
)


@tagged("post_install", "-at_install")
class TestStockTurnover(FunnelCommon):
    """Without the Inventory app there is nothing to see, and nothing breaks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "stock.quant" in cls.env:
            raise SkipTest("Inventory is installed")

    def test_arithmetic(self):
        result = doctest.testmod(turnover)
        self.assertGreater(result.attempted, 6)
        self.assertEqual(result.failed, 0)

    def test_menu_is_hidden(self):
        menus = self.env["ir.ui.menu"].with_user(self.manager)
        self.assertNotIn(self.env.ref(MENU).id, menus.load_menus(False))

    def test_no_product_has_figures(self):
        self.make_order(self.customer)
        product = self.product.with_user(self.seller)
        self.assertEqual([product[name] for name in FIGURES], [0, 0, 0, 0, False])
        products = product.search([("id", "=", product.id)])
        for domain, expected in (
            ([("turnover_state", "!=", False)], product.browse()),
            ([("turnover_state", "=", False)], product),
            ([("turnover_state", "in", ("low", "out"))], product.browse()),
        ):
            found = products.search([("id", "=", product.id), *domain])
            self.assertEqual(found, expected, domain)


@tagged("post_install", "-at_install")
class TestStockTurnoverInventory(FunnelCommon):
    """With the Inventory app (003.30, 003.31): tests/install runs this class."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "stock.quant" not in cls.env:
            raise SkipTest("Inventory is not installed")
        cls.stock = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.env.company.id)], limit=1
        )

    def _make_product(self, on_hand=0.0, sold=0.0, days_ago=10, **vals):
        """Make a product that sold so much, and has so much left today."""
        product = self.env["product.product"].create(
            {"name": "Tea", "is_storable": True, "taxes_id": False, **vals}
        )
        if on_hand:
            self.env["stock.quant"]._update_available_quantity(
                product, self.stock.lot_stock_id, on_hand
            )
        if sold:
            self._sell(product, sold, days_ago)
        self.env.flush_all()
        return product

    def _sell(self, product, quantity, days_ago=10, confirm=True, **line):
        line = {"product_id": product.id, "product_uom_qty": quantity, **line}
        order = self.make_quotation(
            self.customer, order_line=[Command.create({"price_unit": 1000.0, **line})]
        )
        if confirm:
            order.action_confirm()
        order.date_order = self.env.cr.now() - timedelta(days=days_ago)
        self.env.flush_all()

    def _read(self, product, user=None):
        product = product.with_user(user or self.seller)
        return [product[name] for name in FIGURES]

    def test_figures(self):
        """90 sold in 90 days, 45 left: 45 days; nothing moved: the average is 45."""
        product = self._make_product(45, 90)
        self.assertEqual(self._read(product), [90, 45, 45, 2, "fine"])

    def test_only_the_last_90_days_and_confirmed_orders(self):
        product = self._make_product(10, 40, days_ago=91)
        self._sell(product, 5, confirm=False)
        self.assertEqual(self._read(product)[0], 0)

    def test_sold_in_another_unit(self):
        product = self._make_product(24)
        dozen = self.env.ref("uom.product_uom_dozen")
        self._sell(product, 1, product_uom_id=dozen.id)
        self.assertEqual(self._read(product)[0], 12)

    def test_average_of_then_and_now(self):
        """What came in today was not there 90 days ago: half of it on average."""
        product = self._make_product(0, 30)
        vendor = self.env.ref("stock.stock_location_suppliers")
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": 20,
                "location_id": vendor.id,
                "location_dest_id": self.stock.lot_stock_id.id,
            }
        )
        move._action_confirm()
        move.quantity = 20
        move.picked = True
        move._action_done()
        self.env.flush_all()
        self.assertEqual(self._read(product), [30, 20, 60, 3, "fine"])

    def test_states_and_filters(self):
        made = {
            "out": self._make_product(0, 5),
            "low": self._make_product(10, 90),
            "fine": self._make_product(50, 90),
            "slow": self._make_product(500, 90),
            "unsold": self._make_product(5),
            "none": self._make_product(),
        }
        products = self.env["product.product"].with_user(self.seller)
        ids = [product.id for product in made.values()]
        service = self.product
        for state, product in made.items():
            self.assertEqual(product.turnover_state, state)
            found = products.search([("turnover_state", "=", state), ("id", "in", ids)])
            self.assertEqual(found, product, state)
        both = [("turnover_state", "in", ("out", "low"))]
        found = products.search([*both, ("id", "in", ids)])
        self.assertEqual(found, made["out"] | made["low"])
        tracked = products.search(
            [("turnover_state", "!=", False), ("id", "in", [*ids, service.id])]
        )
        self.assertEqual(sorted(tracked.ids), sorted(ids))
        untracked = products.search([("turnover_state", "=", False)])
        self.assertIn(service, untracked)
        self.assertFalse(untracked & tracked)

    def test_salesperson_sees_what_all_sold(self):
        """The stock is emptied by everybody; figures of products name nobody."""
        product = self._make_product(45, 90)
        self.assertEqual(self._read(product, self.other), self._read(product))

    def test_other_company_has_its_own_figures(self):
        product = self._make_product(45, 90)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        foreigner = new_test_user(
            self.env,
            "funnel_foreigner",
            "sales_team.group_sale_manager",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        self.assertEqual(self._read(product, foreigner), [0, 0, 0, 0, "none"])

    def test_employee_and_portal_are_refused(self):
        product = self._make_product(45, 90)
        for login, group in (
            ("funnel_employee", "base.group_user"),
            ("funnel_portal", "base.group_portal"),
        ):
            user = new_test_user(self.env, login, group)
            for name in FIGURES:
                with self.assertRaises(AccessError):
                    product.with_user(user).read([name])

    def test_queries_do_not_grow(self):
        """The list of the menu: as many queries for twelve products as for two."""
        made = [self._make_product(45, 90).id for _number in range(2)]

        def get_list():
            self.env.invalidate_all()
            products = self.env["product.product"].with_user(self.seller).browse(made)
            products.mapped("name")
            return products

        get_list().read(FIGURES)
        products = get_list()
        before = self.env.cr.sql_log_count
        products.read(FIGURES)
        few = self.env.cr.sql_log_count - before
        made += [self._make_product(45, 90).id for _number in range(10)]
        products = get_list()
        with self.assertQueryCount(few):
            products.read(FIGURES)

    def test_menu_and_list(self):
        menus = self.env["ir.ui.menu"].with_user(self.seller)
        self.assertIn(self.env.ref(MENU).id, menus.load_menus(False))
        product = self._make_product(45, 90)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_stock_turnover"
        )
        products = self.env[action["res_model"]].with_user(self.seller)
        views = products.get_views([action["view_id"][:1] + ("list",)])
        names = views["models"]["product.product"]["fields"].keys()
        self.assertLessEqual(set(FIGURES), set(names))
        rows = products.web_search_read(
            [("turnover_state", "!=", False), ("id", "=", product.id)],
            {name: {} for name in FIGURES},
        )
        self.assertEqual(rows["records"][0]["turnover_state"], "fine")
