from datetime import timedelta

from odoo import api, fields, models

UNDO_MINUTES = 60
KEEP_DAYS = 30


class CrmLeadConversion(models.Model):
    """How a lead was before it was converted, for as long as that can be undone.

    SPECIFICATIONS
    * Written when a lead becomes an opportunity: by whom, the values it had, those it
      got, the customers made for it, and how far its messages, activities, calls,
      meetings and orders had got.
    * Closed to everybody: only ``crm.lead.action_undo_conversion`` uses it.
    * Rows go after a month; the chatter keeps who converted when.
    """

    _name = "crm.lead.conversion"
    _description = "Conversion of a Lead"
    _order = "id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", required=True, index=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", string="Converted By", required=True)
    company_id = fields.Many2one(related="lead_id.company_id")
    before = fields.Json(string="Values Before", required=True)
    after = fields.Json(string="Values After", required=True)
    marks = fields.Json(string="Last Records", required=True)
    partner_ids = fields.Many2many("res.partner", string="Customers Made")
    undone_date = fields.Datetime()

    def _is_recent(self):
        """Whether there is still time to undo."""
        limit = self.env.cr.now() - timedelta(minutes=UNDO_MINUTES)
        return bool(self) and self.create_date >= limit

    @api.autovacuum
    def _gc_conversions(self):
        limit = self.env.cr.now() - timedelta(days=KEEP_DAYS)
        old = self.search([("create_date", "<", limit)], limit=10000)
        old.unlink()
        return len(old), len(old) == 10000
