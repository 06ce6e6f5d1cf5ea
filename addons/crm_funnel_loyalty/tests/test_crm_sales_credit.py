from odoo.tests import tagged

from odoo.addons.crm_campaign_partner.tests.common_rpc import RpcCase

from .common_pay import MILLION, PayCase


@tagged("post_install", "-at_install")
class TestCrmSalesCredit(PayCase, RpcCase):
    """When an order counts and for whom: no salesperson changes it over RPC."""

    def _quote(self, **values):
        return self.make_quotation(
            self.customers[0],
            20 * MILLION,
            **{"company_id": self.company.id, "user_id": self.an.id} | values,
        )

    def _write(self, user, order, values, context=None):
        self.rpc_as(
            user, "sale.order", "write", order.ids, values, context=context or {}
        )
        order.invalidate_recordset()

    def _refused(self, order, values):
        self.assertRefused(self.an, "sale.order", "write", order.ids, values)
        order.invalidate_recordset()

    def test_a_confirmed_order_stays_on_its_day(self):
        order = self._sell(self.an, 20 * MILLION, "2026-01-31 03:00:00")
        self._refused(order, {"date_order": "2026-02-01 03:00:00"})
        same = {"date_order": "2026-01-31 03:00:00", "client_order_ref": "A"}
        self._write(self.an, order, same)
        self._write(self.boss, order, {"date_order": "2026-02-01 03:00:00"})
        self.assertEqual(str(order.date_order), "2026-02-01 03:00:00")

    def test_nobody_confirms_for_another_day(self):
        order = self._quote(date_order="2026-01-31 03:00:00")
        self._refused(order, {"state": "sale"})
        self._refused(order, {"state": "sale", "date_order": "2026-02-01 03:00:00"})
        self.assertRefused(
            self.an,
            "sale.order",
            "create",
            {
                "partner_id": self.customers[0].id,
                "state": "sale",
                "date_order": "2026-02-01 03:00:00",
            },
        )
        self.rpc_as(self.an, "sale.order", "action_confirm", order.ids)
        order.invalidate_recordset()
        self.assertEqual((order.state, order.credit_user_id), ("sale", self.an))

    def test_an_order_of_nobody_is_not_taken(self):
        """As the web shop leaves them: a sales manager gives them to somebody."""
        self.an.group_ids |= self.env.ref("sales_team.group_sale_salesman_all_leads")
        order = self._quote(user_id=False, team_id=False)
        order.action_confirm()
        self.assertFalse(order.credit_user_id)
        self.customers[1].user_id = self.an
        for values in (
            {"user_id": self.an.id},
            {"team_id": self.team.id},
            {"partner_id": self.customers[1].id},
        ):
            self._refused(order, values)
        self._write(self.boss, order, {"user_id": self.an.id})
        self.assertEqual(order.user_id, self.an)

    def test_a_team_is_not_left_by_emptying_it(self):
        """The team's share stays the team's: 100 % is for who sells in no team."""
        order = self._quote()
        self._write(self.an, order, {"team_id": False})
        order.action_confirm()
        self.assertEqual(order.credit_team_id, self.team)
        self.team.member_ids -= self.an
        alone = self._quote(team_id=False)
        alone.action_confirm()
        self.assertFalse(alone.credit_team_id)

    def test_confirmed_again_by_another(self):
        """A cancelled order that another salesperson takes up is that one's sale."""
        order = self._sell(self.an, 20 * MILLION, "2026-01-31 03:00:00")
        self.team.member_ids -= self.binh
        order.with_context(disable_cancel_warning=True).action_cancel()
        self.assertEqual(order.credit_user_id, self.an)
        order.with_user(self.an).action_draft()
        self.assertFalse(order.credit_user_id)
        order.write({"user_id": self.binh.id, "team_id": False})
        order.action_confirm()
        self.assertEqual(
            (order.credit_user_id, order.credit_team_id.ids), (self.binh, [])
        )

    def test_a_colleague_takes_over_without_the_credit(self):
        order = self._sell(self.an, 20 * MILLION, "2026-01-31 03:00:00")
        self._write(self.an, order, {"user_id": self.binh.id})
        self.assertEqual((order.user_id, order.credit_user_id), (self.binh, self.an))
