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
        self.assertLessEqual(many, 12)

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

    def test_confirming_costs_a_fixed_few_statements(self):
        partners = self.env["res.partner"].create([{"name": n} for n in "ABCDE"])
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(9):
            partners._recompute_funnel_tier()
