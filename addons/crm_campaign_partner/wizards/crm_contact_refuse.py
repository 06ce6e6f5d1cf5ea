from odoo import api, fields, models


class CrmContactRefuse(models.TransientModel):
    """Write down at once that one or several people refuse, with what proves it (N2).

    Each one becomes an entry of the ledger of consents; what waits to go out to them is
    stopped by the guard when its hour comes.
    """

    _name = "crm.contact.refuse"
    _description = "Do Not Contact Any More"
    _inherit = ["crm.contact.recipients"]

    decision = fields.Selection(
        [
            ("do_not_contact", "Nothing at all, no care either"),
            ("withdrawn", "No advertising"),
        ],
        required=True,
        default="do_not_contact",
    )
    channel = fields.Selection(
        lambda self: self.env["crm.contact.consent"]._fields["channel"].selection,
        required=True,
        default="all",
    )
    source = fields.Selection(
        lambda self: self._get_sources(),
        required=True,
        default="call",
    )
    proof = fields.Text()
    proof_file = fields.Binary()
    proof_filename = fields.Char()

    @api.model
    def _get_sources(self):
        """The link is pressed by the person alone."""
        sources = self.env["crm.contact.consent"]._fields["source"].selection
        return [source for source in sources if source[0] != "unsubscribe"]

    def action_confirm(self):
        """Write the refusals down."""
        records = self._get_records()
        # The user's own right to write down what a person said.
        self.env["crm.contact.consent"].create(
            [self._prepare_consent_values(record) for record in records]
        )
        return {"type": "ir.actions.act_window_close"}

    def _prepare_consent_values(self, record):
        (recipient,) = self.env["crm.contact.touch"]._prepare_recipients(record)
        return {
            "company_id": self._get_company(record).id,
            "partner_id": recipient.get("partner_id"),
            "phone_key": recipient.get("phone"),
            "email_key": recipient.get("email"),
            "decision": self.decision,
            "channel": self.channel,
            "source": self.source,
            "proof": self.proof,
            "proof_file": self.proof_file,
            "proof_filename": self.proof_filename,
        }
