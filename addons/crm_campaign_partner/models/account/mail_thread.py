from odoo import api, models


class MailThread(models.AbstractModel):
    """E-mails that come back: the touch failed."""

    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Tell the ledger, too."""
        result = super()._routing_handle_bounce(email_message, message_dict)
        bounced = message_dict.get("bounced_msg_ids") or []
        if bounced:
            # sudo: the system's right to write the outcome into the ledger
            touches = self.env["crm.contact.touch"].sudo()
            touches.search([("provider_ref", "in", list(bounced))])._settle(
                "failed", reason=self.env._("The mail came back.")
            )
        return result
