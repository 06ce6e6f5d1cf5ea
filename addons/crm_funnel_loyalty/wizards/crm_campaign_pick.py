from odoo import api, fields, models
from odoo.fields import Domain


class CrmCampaignPick(models.TransientModel):
    """Customers of a tier, for a campaign (000.10)."""

    _inherit = "crm.campaign.pick"

    funnel_tier_ids = fields.Many2many("crm.funnel.tier", string="Tiers")

    @api.model
    def _get_criteria_fields(self):
        return [*super()._get_criteria_fields(), "funnel_tier_ids"]

    def _get_criteria_domains(self):
        domains = super()._get_criteria_domains()
        if self.funnel_tier_ids:
            domains.append(Domain("funnel_tier_id", "in", self.funnel_tier_ids.ids))
        return domains
