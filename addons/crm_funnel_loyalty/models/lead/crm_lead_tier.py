from odoo import api, models


class CrmLead(models.Model):
    """Opportunity that moves its customer through the tiers.

    SPECIFICATIONS
    * Making, converting, losing, restoring or deleting an opportunity, or giving it to
      another customer, recomputes the tier of the customers concerned.
    """

    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        """A new opportunity may move its customer up."""
        leads = super().create(vals_list)
        leads._get_funnel_partners()._recompute_funnel_tier()
        return leads

    def write(self, vals):
        """Recompute who had and who has the opportunity when what counts changed."""
        if not vals.keys() & self._get_funnel_trigger_fields():
            return super().write(vals)
        partners = self._get_funnel_partners()
        result = super().write(vals)
        (partners | self._get_funnel_partners())._recompute_funnel_tier()
        return result

    def unlink(self):
        """A deleted opportunity may move its customer down."""
        partners = self._get_funnel_partners()
        result = super().unlink()
        partners.exists()._recompute_funnel_tier()
        return result

    @api.model
    def _get_funnel_trigger_fields(self):
        return {"partner_id", "type", "active"}

    def _get_funnel_partners(self):
        # sudo: the tier is the suite's to keep, whoever may read the customer
        opportunities = self.sudo().filtered(lambda lead: lead.type == "opportunity")
        return opportunities.partner_id.commercial_partner_id
