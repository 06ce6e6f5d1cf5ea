from odoo import models


class CrmContactTouch(models.Model):
    """Ledger that is also asked what was sent to a lead (see ``untouched_days``)."""

    _inherit = "crm.contact.touch"

    _funnel_lead_idx = models.Index("(res_id, date) WHERE res_model = 'crm.lead'")
