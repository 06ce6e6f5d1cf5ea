from unittest.mock import patch

from odoo.tests import tagged

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
        few, many = self._count_queries(5), self._count_queries(200)
        self.assertEqual(few, many)
        self.assertLessEqual(many, 3)

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
        partners = self.env["res.partner"].create([{"name": n} for n in "ABCDE"])
        self.env.flush_all()
        self.env.invalidate_all()
        self.env["crm.funnel.tier"]._get_funnel_settings()
        with self.assertQueryCount(1):
            partners._recompute_funnel_tier()

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
