from odoo import models
from odoo.exceptions import UserError


class CrmLead(models.Model):
    """From a lead or an opportunity each step is one click (001.38 to 001.49).

    SPECIFICATIONS
    * Call, e-mail, meeting, note, documents and next step open filled in; the quotation
      is core's button.
    * A call is OCA's ``crm.phonecall``; an e-mail to a customer is written in core's
      dialog and stays in the history. While no customer is known it is written in the
      suite's dialog, which sends to the lead's own address and makes nobody a customer.
    """

    _inherit = "crm.lead"

    def action_call(self):
        """Open a new phone call with this person."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Call"),
            "res_model": "crm.phonecall",
            "view_mode": "form",
            "views": [
                (self.env.ref("crm_phonecall.crm_case_phone_form_view").id, "form")
            ],
            "target": "new",
            "context": {
                f"default_{name}": value
                for name, value in self._prepare_call_values().items()
            },
        }

    def _prepare_call_values(self):
        return {
            "name": self.name,
            "opportunity_id": self.id,
            "partner_id": self.partner_id.id,
            "partner_phone": self.phone,
            "user_id": self.env.uid,
            "team_id": self.team_id.id,
            "company_id": self.company_id.id,
            "campaign_id": self.campaign_id.id,
            "source_id": self.source_id.id,
            "medium_id": self.medium_id.id,
            "direction": "out",
        }

    def action_write_email(self):
        """Open an e-mail to this person."""
        self.ensure_one()
        self.check_access("write")
        if not self.email_from and not self.partner_id.email:
            raise UserError(
                self.env._(
                    "No e-mail address of “%(lead)s” is known. Write it down first, or "
                    "call.",
                    lead=self.name,
                )
            )
        partner = self._get_email_partner()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm.action_lead_mail_compose"
            if partner
            else "crm_campaign_partner.crm_contact_compose_action_lead"
        )
        action["context"] = self._prepare_email_context(partner)
        return action

    def _get_email_partner(self):
        """:return: the customer to write to: the lead's, else who has its address"""
        known = self.partner_id or self._find_partner_candidates().filtered(
            lambda partner: partner.email_normalized == self.email_normalized
        )
        return known.filtered("email")[:1]

    def _prepare_email_context(self, partner):
        context = {
            "active_model": self._name,
            "active_id": self.id,
            "active_ids": self.ids,
            "default_subject": self.name,
        }
        if not partner:
            return {
                **context,
                "default_channel": "email",
                "dialog_size": "extra-large",
            }
        return {
            **context,
            "default_composition_mode": "comment",
            "default_model": self._name,
            "default_res_ids": self.ids,
            "default_partner_ids": partner.ids,
        }

    def action_next_step(self):
        """Open the dialog that plans the next activity."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Next Step"),
            "res_model": "mail.activity.schedule",
            "view_mode": "form",
            "target": "new",
            "context": {
                "active_model": self._name,
                "active_ids": self.ids,
                "default_res_model": self._name,
                "default_res_ids": self.ids,
            },
        }

    def action_documents(self):
        """Open the documents of this lead or opportunity, to look at and to add."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_lead_documents"
        )
        action["domain"] = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        action["context"] = {
            "default_res_model": self._name,
            "default_res_id": self.id,
            "search_default_my_documents_filter": 0,
        }
        return action

    def _win_by_order(self, order):
        """Move to the won stage, as core's button does, and say which order did it."""
        self.ensure_one()
        if not self._stage_find(domain=[("is_won", "=", True)]):
            return
        self.action_set_won()
        self._message_log(
            body=self.env._("Won by the order %(order)s.", order=order._get_html_link())
        )
