from odoo import fields, models

from .crm_lead_convert_report import OUTCOMES


class CrmLeadConvertReportLine(models.TransientModel):
    """One lead of several that were converted at once."""

    _name = "crm.lead.convert.report.line"
    _description = "Result of Converting a Lead"
    _order = "id"

    report_id = fields.Many2one(
        "crm.lead.convert.report", required=True, index=True, ondelete="cascade"
    )
    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade")
    outcome = fields.Selection(OUTCOMES, required=True)
    reason = fields.Text()

    def action_decide(self):
        """Open core's wizard for this lead, or the opportunity it is already."""
        self.ensure_one()
        if self.lead_id.type == "opportunity":
            return self.lead_id.redirect_lead_opportunity_view()
        return self.lead_id.action_convert_to_opportunity()
