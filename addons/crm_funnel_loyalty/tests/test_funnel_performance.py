from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from ..models.tier import funnel_statement
from ..models.tier.funnel_recompute import FunnelRecompute
from .common import FunnelCommon


@tagged("post_install", "-at_install")
class TestFunnelPerformance(FunnelCommon):
    def _count_queries(self, count):
        """Statements that move ``count`` customers up at once."""
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {i}"} for i in range(count)]
        )
        for partner in partners[:5]:
            self.make_quotation(partner)
        if count > 5:
            self.env["crm.lead"].create(
                [
                    {"name": "Need", "type": "opportunity", "partner_id": partner.id}
                    for partner in partners[5:]
                ]
            )
        # back to where nobody has recomputed anything
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET funnel_tier_id = %s WHERE id = ANY(%s)",
            [self.tiers["target"].id, partners.ids],
        )
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        partners._recompute_funnel_tier()
        self.env.flush_all()
        spent = self.env.cr.sql_log_count - before
        self.assertNotIn("target", partners.mapped("funnel_tier_id.code"))
        return spent

    def test_statements_do_not_grow_with_customers(self):
        few, many = (
            self._count_queries(5),
            self._count_queries(funnel_statement.FEW + 100),
        )
        self.assertLessEqual(many, few)
        self.assertLessEqual(few, 3)

    def test_converting_many_recomputes_once(self):
        leads = self.env["crm.lead"].browse()
        for number in range(4):
            leads |= self.make_lead(
                phone=f"090100010{number}", contact_name=f"Customer {number}"
            )
        run = FunnelRecompute.run
        with patch.object(
            FunnelRecompute, "run", autospec=True, side_effect=run
        ) as spy:
            leads[:2].action_convert_to_opportunity()
            self.assertEqual(spy.call_count, 1)
            self.env["crm.lead2opportunity.partner.mass"].with_context(
                active_model="crm.lead", active_ids=leads[2:].ids
            ).create({}).action_mass_convert()
            self.assertEqual(spy.call_count, 2)
        self.assertEqual(
            set(leads.partner_id.mapped("funnel_tier_id.code")), {"opportunity"}
        )

    def test_batch_is_not_for_clients(self):
        self.make_opportunity(self.customer)
        self.customer.sudo().funnel_tier_id = self.tiers["target"]
        partner = self.customer.with_context(funnel_batch={"ids": []})
        partner._recompute_funnel_tier()
        self.assertTier(self.customer, "opportunity")

    def test_recomputing_is_one_statement(self):
        """Few: one that is prepared, asked for first. Many: one planned for them."""
        partners = self.env["res.partner"].create([{"name": n} for n in "ABCDE"])
        self.env.flush_all()
        self.env.invalidate_all()
        self.env["crm.funnel.tier"]._get_funnel_settings()
        partners._recompute_funnel_tier()
        with self.assertQueryCount(2):
            partners._recompute_funnel_tier()
        with patch.object(funnel_statement, "FEW", 2), self.assertQueryCount(2):
            partners._recompute_funnel_tier()

    def test_prepared_and_planned_do_the_same(self):
        partners = self.env["res.partner"].create([{"name": n} for n in "AB"])
        with patch.object(funnel_statement, "FEW", 0):
            self.make_order(partners[0])
        self.make_order(partners[1])
        moves = [self.moves(partner) for partner in partners]
        for name in ("to_tier_id", "direction", "order_count", "order_amount"):
            self.assertEqual(moves[0].mapped(name), moves[1].mapped(name), name)
        self.assertEqual(moves[1].mapped("create_uid"), self.env.user)
        self.assertTier(partners[0], "contract")
        self.assertTier(partners[1], "contract")

    def test_prepared_follows_the_thresholds(self):
        self.make_order(self.customer)
        self.assertTier(self.customer, "contract")
        self.tiers["repeat"].min_orders = 1
        self.customer._recompute_funnel_tier()
        self.assertTier(self.customer, "repeat")

    def _count_confirmation(self):
        order = self.make_quotation(self.customer)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        order.action_confirm()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_confirming_costs_at_most_four_queries_more(self):
        self._count_confirmation()
        with_tiers = self._count_confirmation()
        with patch.object(
            type(self.env["res.partner"]), "_recompute_funnel_tier", lambda *_a: None
        ):
            without = self._count_confirmation()
        self.assertLessEqual(with_tiers - without, 4)

    def test_many_orders_at_once_recompute_in_one_statement(self):
        partners = self.env["res.partner"].create([{"name": n} for n in "ABCDE"])
        orders = self.env["sale.order"].concat(*map(self.make_quotation, partners))
        run = FunnelRecompute.run
        with patch.object(
            FunnelRecompute, "run", autospec=True, side_effect=run
        ) as spy:
            orders.action_confirm()
        self.assertEqual(spy.call_count, 1)
        self.assertEqual(set(partners.mapped("funnel_tier_id.code")), {"contract"})

    def test_lines_of_a_quotation_recompute_nothing(self):
        """What is quoted has no weight; what is ordered has."""
        order = self.make_quotation(self.customer)
        line = Command.update(order.order_line.id, {"product_uom_qty": 9})
        with patch.object(FunnelRecompute, "run", autospec=True) as spy:
            order.order_line = [line]
        spy.assert_not_called()
        order.action_confirm()
        run = FunnelRecompute.run
        with patch.object(
            FunnelRecompute, "run", autospec=True, side_effect=run
        ) as spy:
            order.order_line = [
                Command.update(order.order_line.id, {"product_uom_qty": 8})
            ]
        self.assertEqual(spy.call_count, 1)
