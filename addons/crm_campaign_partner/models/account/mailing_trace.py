from odoo import fields, models


class MailingTrace(models.Model):
    """Why an SMS of a mailing did not go out."""

    _inherit = "mailing.trace"

    failure_type = fields.Selection(
        selection_add=[("sms_contact_guard", "Held Back by the Contact Guard")]
    )
