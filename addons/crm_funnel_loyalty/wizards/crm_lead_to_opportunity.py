from odoo import api, models


class CrmLead2opportunityPartner(models.TransientModel):
    """Core's conversion wizard, which now knows phone numbers too."""

    _inherit = "crm.lead2opportunity.partner"

    @api.depends("lead_id", "partner_id")
    def _compute_duplicated_lead_ids(self):
        result = super()._compute_duplicated_lead_ids()
        for convert in self.filtered("lead_id"):
            duplicates = convert.lead_id._get_open_duplicates(convert.partner_id)
            if duplicates:
                convert.duplicated_lead_ids |= duplicates | convert.lead_id
        return result

    def _convert_and_allocate(self, leads, user_ids, team_id=False):
        with self.env["res.partner"]._funnel_batch() as batch:
            return super()._convert_and_allocate(
                leads.with_context(**batch), user_ids, team_id=team_id
            )
