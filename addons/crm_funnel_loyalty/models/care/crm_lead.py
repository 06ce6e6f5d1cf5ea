from odoo import api, models


class CrmLead(models.Model):
    """Lead that starts care when it comes to a stage."""

    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        """A new lead has come to its first stage."""
        leads = super().create(vals_list)
        self.env["crm.care.scenario"]._fire("lead_stage", leads)
        return leads

    def _after_lead_stage_move(self):
        result = super()._after_lead_stage_move()
        self.env["crm.care.scenario"]._fire("lead_stage", self)
        return result
