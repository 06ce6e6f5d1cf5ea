from odoo import models
from odoo.tools import email_normalize


class MailMail(models.Model):
    """Bulk mail of core's mailings is advertising like any other (N1).

    The contact guard is asked when a mail is about to be sent: who refused gets none,
    what the cap or the hours forbid waits in core's own queue, and what goes out is in
    the ledger and counts. Mails to one person, from a document, are no mailing.

    COST: that of the guard, for each company in a batch.
    """

    _inherit = "mail.mail"

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        """Send those that the guard lets go."""
        held_back = self._hold_back_mailings()
        return super(MailMail, self - held_back).send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            post_send_callback=post_send_callback,
        )

    def _hold_back_mailings(self):
        """:return: the mails that do not go out now; cancelled, or put off"""
        held_back = self.browse()
        mailings = self.filtered(
            lambda mail: mail.mailing_id and mail.state == "outgoing"
        )
        for (company, user), mails in mailings.grouped(
            lambda mail: (mail._get_guard_company(), mail.create_uid)
        ).items():
            # sudo: the system's right to ask the guard and to write the ledger
            touches = self.env["crm.contact.touch"].sudo()
            recipients = [mail._prepare_guard_recipient() for mail in mails]
            verdicts = touches._guard(company, "email", "marketing", recipients)
            listed, ledger = self.browse(), []
            for mail, recipient, verdict in zip(
                mails, recipients, verdicts, strict=True
            ):
                if verdict.state == "queued":
                    mail.scheduled_date = verdict.moment
                    held_back += mail
                    continue
                listed += mail
                ledger.append(recipient)
                if verdict.state == "blocked":
                    mail._cancel_for_guard(verdict.reason)
                    held_back += mail
            opened = touches._open(company, "email", "marketing", ledger, user=user)
            going = opened.filtered(lambda touch: touch.state == "queued")
            going._settle_at_once()
            # with the label of advertising; most mails of a mailing have one subject
            labelled = {
                mail: touch.subject for mail, touch in zip(listed, opened, strict=True)
            }
            for subject, same in listed.grouped(labelled.get).items():
                same.subject = subject
        return held_back

    def _get_guard_company(self):
        self.ensure_one()
        return self.record_company_id or self.create_uid.company_id or self.env.company

    def _prepare_guard_recipient(self):
        self.ensure_one()
        partner = self.recipient_ids[:1]
        return {
            "partner_id": partner.id,
            "phone": partner.phone_sanitized,
            "email": email_normalize(self.email_to or "") or partner.email_normalized,
            "res_model": self.model,
            "res_id": self.res_id,
            "subject": self.subject,
        }

    def _cancel_for_guard(self, reason):
        self.ensure_one()
        self.write({"state": "cancel", "failure_reason": reason})
        self.mailing_trace_ids.set_canceled()
