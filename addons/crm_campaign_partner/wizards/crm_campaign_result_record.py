from odoo import fields, models


class CrmCampaignResultRecord(models.TransientModel):
    """Write down what one or several partners answered (000.30)."""

    _name = "crm.campaign.result.record"
    _description = "Record Campaign Result"

    member_ids = fields.Many2many(
        "crm.campaign.member", string="Customers", required=True
    )
    result_id = fields.Many2one("crm.campaign.result", required=True)
    is_final = fields.Boolean(related="result_id.is_final")
    note = fields.Text()
    next_date = fields.Date(string="Next Contact")

    def action_record(self):
        """Write the result on the members, with the user's own rights."""
        self.ensure_one()
        self.member_ids.write(self._prepare_member_values())
        return {"type": "ir.actions.act_window_close"}

    def _prepare_member_values(self):
        values = {
            "result_id": self.result_id.id,
            "contact_date": fields.Date.context_today(self),
            "next_date": False if self.is_final else self.next_date,
        }
        if self.note:
            values["note"] = self.note
        return values
