from odoo import api, fields, models
from odoo.tools import email_normalize

from .const import CHANNELS


class CrmContactPerson(models.AbstractModel):
    """Somebody who can be contacted: a customer, a lead, a member of a campaign.

    REFUSAL: what the person refused (see ``crm.contact.consent``) is shown wherever he
    is shown, whoever wrote it down: who does not know it calls him again.

    COST: four queries (one per channel) and company for any number of records.
    """

    _name = "crm.contact.person"
    _description = "Person to Contact"

    contact_refusal = fields.Selection(
        [("all", "Do not contact"), ("part", "Partly refused")],
        string="Refused",
        compute="_compute_contact_refusal",
        groups="crm_campaign_partner.group_campaign_user",
    )
    contact_refusal_text = fields.Char(
        string="What He Refused",
        compute="_compute_contact_refusal",
        groups="crm_campaign_partner.group_campaign_user",
    )

    @api.model
    def _get_person_fields(self):
        """:return: fields by which the person is known to the ledger of consents"""
        return ["phone_sanitized", "email_normalized"]

    @api.depends(lambda self: self._get_person_fields())
    @api.depends_context("company", "lang")
    def _compute_contact_refusal(self):
        self.contact_refusal = False
        self.contact_refusal_text = False
        for company, records in self.grouped("company_id").items():
            company = company or self.env.company
            for record, said in zip(
                records, records._get_decisions_by_channel(company), strict=True
            ):
                stopped = [c for c, what in said.items() if what == "do_not_contact"]
                unwanted = [c for c, what in said.items() if what == "withdrawn"]
                if stopped or unwanted:
                    record.contact_refusal = (
                        "all" if len(stopped) == len(CHANNELS) else "part"
                    )
                    record.contact_refusal_text = self._describe_refusal(
                        stopped, unwanted
                    )

    def _get_decisions_by_channel(self, company):
        """:return: for each record a dict of a channel to what was said last"""
        # sudo: borrows nobody's data: only the decision is shown, and whoever may read
        # the person has to know it.
        consents = self.env["crm.contact.consent"].sudo()
        people = [
            (
                recipient.get("partner_id") or None,
                consents._get_phone_key(company, recipient.get("phone")) or None,
                email_normalize(recipient.get("email") or "") or None,
            )
            for recipient in self.env["crm.contact.touch"]._prepare_recipients(self)
        ]
        said = [
            consents._get_decisions(company, channel, people)
            for channel in dict(CHANNELS)
        ]
        return [
            dict(zip(dict(CHANNELS), decisions, strict=True))
            for decisions in zip(*said, strict=True)
        ]

    @api.model
    def _describe_refusal(self, stopped, unwanted):
        touch = self.env["crm.contact.touch"]
        names = dict(touch._fields["channel"]._description_selection(self.env))
        texts = []
        if len(stopped) == len(CHANNELS):
            texts.append(self.env._("Does not want to be contacted."))
        elif stopped:
            texts.append(
                self.env._(
                    "Not to be contacted by %s.", ", ".join(names[c] for c in stopped)
                )
            )
        if len(unwanted) == len(CHANNELS):
            texts.append(self.env._("Does not want advertising."))
        elif unwanted:
            texts.append(
                self.env._(
                    "No advertising by %s.", ", ".join(names[c] for c in unwanted)
                )
            )
        return " ".join(texts)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_do_not_contact(self):
        """:return: the action that writes down that these refuse"""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Do Not Contact Any More"),
            "res_model": "crm.contact.refuse",
            "view_mode": "form",
            "target": "new",
            "context": self._get_recipients_context(),
        }

    def _action_compose(self, channel):
        """:return: the action that writes to these on a channel
        :raises RedirectWarning: without an account, with a button to the set-up
        """
        self.check_access("read")
        for company in self.company_id or self.env.company:
            self.env["crm.contact.account"]._require_for(
                self.env.user, company, channel
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write to Customers"),
            "res_model": "crm.contact.compose",
            "view_mode": "form",
            "target": "new",
            "context": {
                **self._get_recipients_context(),
                "default_channel": channel,
                "dialog_size": "extra-large",
            },
        }

    def _get_recipients_context(self):
        return {"default_res_model": self._name, "default_res_ids": self.ids}
