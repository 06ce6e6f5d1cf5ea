from odoo.exceptions import AccessError
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .common_connector_orders import ConnectorOrderCommon

MODELS = (
    "crm.connector.order",
    "crm.connector.product",
    "crm.connector.state",
    "crm.connector.buyer",
)


@tagged("post_install", "-at_install")
class TestConnectorOrdersAccess(ConnectorOrderCommon, HttpCase):
    """Who sees platform orders, and who maps articles and states (design, rule 7)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.record = cls._store(
            cls._tell(raw_state="99", state="unknown", lines=cls._odd_lines())
        )
        cls.article = cls.env["crm.connector.product"].search(
            [("connector_id", "=", cls.shop.id)]
        )
        cls.abroad = new_test_user(
            cls.env(context={"allowed_company_ids": [1]}),
            "ads_abroad",
            "crm_ads_data.group_distributor,sales_team.group_sale_manager",
            company_id=cls.env.ref("base.main_company").id,
            company_ids=[(6, 0, cls.env.ref("base.main_company").ids)],
        )

    @classmethod
    def _odd_lines(cls):
        line = cls._tell().lines[0]
        return (type(line)("X-9", "Odd", line.quantity, line.price_unit),)

    def _as(self, user):
        return self.env["crm.connector.order"].with_user(user)

    def test_sale_admin(self):
        mine = self._as(self.thu).browse(self.record.id)
        self.assertTrue(mine.read(["external_id", "reason", "customer", "order_id"]))
        with self.assertRaises(AccessError):
            mine.write({"state": "done"})
        with self.assertRaises(AccessError):
            self._as(self.thu).create({"external_id": "x"})
        with self.assertRaises(AccessError):
            mine.unlink()
        mine.action_settle()
        self.assertFalse(self.record.needs_attention)
        self.article.with_user(self.thu).product_id = self.serum
        self.assertEqual(self.record.order_id.order_line.product_id, self.serum)
        self.assertEqual(self.shop.with_user(self.thu).order_count, 1)

    def test_others_see_nothing(self):
        for user in (self.mai, self.lan):
            for model in MODELS:
                rows = self.env[model].with_user(user)
                with self.subTest(user=user.login, model=model):
                    self.assertRaises(AccessError, rows.search, [])
            with self.assertRaises(AccessError):
                self._as(user).browse(self.record.id).action_settle()
            with self.assertRaises(AccessError):
                self._as(user).browse(self.record.id).action_apply()

    def test_salesperson_through_own_sale_order(self):
        sale = self.record.order_id
        sale.user_id = self.lan
        mine = sale.with_user(self.lan)
        self.assertIn("Shop on nhanh 1", mine.connector_summary)
        with self.assertRaises(AccessError):
            mine.read(["connector_order_ids"])
        with self.assertRaises(AccessError):
            mine.action_open_connector_order()
        self.env["sale.order.line"].with_user(self.lan).browse(
            sale.order_line.ids
        ).read(["name", "price_unit"])

    def test_other_company(self):
        env = self.env(
            user=self.abroad,
            context={"allowed_company_ids": self.abroad.company_ids.ids},
        )
        for model in MODELS[:2]:
            self.assertFalse(env[model].search_count([]))
        with self.assertRaises(AccessError):
            env[self.record._name].browse(self.record.id).action_settle()
        articles = env[self.article._name]
        with self.assertRaises(AccessError):
            articles.browse(self.article.id).write({"product_id": self.serum.id})
        with self.assertRaises(AccessError):
            articles.create({"connector_id": self.shop.id, "sku": "x"})

    @mute_logger("odoo.http")
    def test_over_rpc(self):
        for login, may in (("ads_thu", True), ("ads_mai", False), ("ads_lan", False)):
            self.authenticate(login, login)
            context = {"allowed_company_ids": self.company.ids}
            call = {
                "model": "crm.connector.order",
                "method": "search_read",
                "args": [[("id", "=", self.record.id)], ["phone"]],
                "kwargs": {"context": context},
            }
            if may:
                found = self.make_jsonrpc_request("/web/dataset/call_kw", call)
                self.assertEqual(found[0]["phone"], "+84901234567")
                call |= {"method": "write", "args": [[self.record.id], {"paid": "yes"}]}
            with self.assertRaises(JsonRpcException):
                self.make_jsonrpc_request("/web/dataset/call_kw", call)
        self.assertEqual(self.record.paid, "no")
