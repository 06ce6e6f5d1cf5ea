from odoo import api, models


class ResCompany(models.Model):
    """Company whose currency and days measure the tiers: see ``crm.funnel.tier``."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        """Another company may bring another currency."""
        companies = super().create(vals_list)
        self.env.registry.clear_cache()
        return companies

    def write(self, vals):
        """The engine's settings are read anew."""
        result = super().write(vals)
        if vals.keys() & {"currency_id", "partner_id", "active"}:
            self.env.registry.clear_cache()
        return result
