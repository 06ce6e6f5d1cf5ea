from odoo import fields, models


class MailNotification(models.Model):
    """Why an SMS did not go out."""

    _inherit = "mail.notification"

    failure_type = fields.Selection(
        selection_add=[("sms_contact_guard", "Held Back by the Contact Guard")]
    )
