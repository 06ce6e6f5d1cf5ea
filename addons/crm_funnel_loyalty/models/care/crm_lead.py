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

    def write(self, vals):
        """A lead that is moved has come to another stage."""
        if "lead_stage_id" not in vals:
            return super().write(vals)
        moved = self.filtered(lambda l: l.lead_stage_id.id != vals["lead_stage_id"])
        result = super().write(vals)
        self.env["crm.care.scenario"]._fire("lead_stage", moved)
        return result
