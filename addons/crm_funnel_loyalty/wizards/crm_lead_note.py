from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html


class CrmLeadNote(models.TransientModel):
    """Result of a talk, written down from the card (capability 001.19).

    SPECIFICATIONS
    * The note goes into the history of the lead, in the name of who wrote it; nobody
      is notified.
    * With a day it plans the next step too, for the lead's salesperson.
    """

    _name = "crm.lead.note"
    _description = "Note on Leads"

    lead_ids = fields.Many2many("crm.lead", string="Leads", required=True)
    note = fields.Text(required=True)
    next_date = fields.Date(string="Next Step On")
    next_summary = fields.Char(string="Next Step")

    def action_save(self):
        """Keep the note, and the next step where there is one."""
        self.ensure_one()
        self.lead_ids.check_access("write")
        if not (self.note or "").strip():
            raise UserError(self.env._("Write the note first."))
        for lead in self.lead_ids:
            lead.message_post(
                body=plaintext2html(self.note),
                message_type="comment",
                subtype_xmlid="mail.mt_note",
            )
            if self.next_date:
                lead.activity_schedule(
                    "mail.mail_activity_data_call",
                    date_deadline=self.next_date,
                    summary=self.next_summary or "",
                    user_id=(lead.user_id or self.env.user).id,
                )
        return {"type": "ir.actions.act_window_close"}
