from odoo.tests import new_test_user, tagged

from .common_rpc import FunnelRpcCase

READ = ("sale.report", "formatted_read_group")


@tagged("post_install", "-at_install")
class TestSalesAnalysisRpc(FunnelRpcCase):
    """Who sees which orders in the demographics, over RPC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader = new_test_user(
            cls.env, "funnel_leader", "sales_team.group_sale_salesman_all_leads"
        )
        cls.leader.password = cls.leader.login
        cls.customer.write({"birthdate": "1990-01-01", "gender": "female"})
        cls.make_order(cls.customer)
        cls.make_order(cls.customer, user_id=cls.other.id)

    def _arguments(self, groupby="funnel_age_band"):
        domain = [("partner_id", "=", self.customer.id)]
        return domain, [groupby], ["order_reference:count_distinct"]

    def _count(self, user):
        rows = self.rpc_as(user, *READ, *self._arguments())
        return sum(row["order_reference:count_distinct"] for row in rows)

    def test_salesperson_sees_own_orders(self):
        self.assertEqual(self._count(self.seller), 1)
        self.assertEqual(self._count(self.other), 1)

    def test_leader_and_manager_see_all(self):
        self.assertEqual(self._count(self.leader), 2)
        self.assertEqual(self._count(self.manager), 2)

    def test_other_company_sees_none(self):
        self.assertEqual(self._count(self.foreigner), 0)

    def test_employee_and_portal_are_refused(self):
        for user in (self.employee, self.portal):
            for name in ("funnel_age_band", "funnel_gender", "funnel_value_band"):
                self.assertRefused(user, *READ, *self._arguments(name))

    def test_profit_is_refused_to_salespeople(self):
        domain, groupby, _measures = self._arguments()
        self.assertRefused(self.seller, *READ, domain, groupby, ["funnel_profit:sum"])

    def test_limits_are_the_administrators(self):
        company = self.env.company
        for user in (self.seller, self.manager, self.employee):
            self.assertRefused(
                user, "res.company", "write", company.ids, {"order_value_limit_1": 1}
            )
