from contextlib import contextmanager
from datetime import date

from odoo import models
from odoo.fields import Command, Domain

from .conversion_note import ConversionNote
from .crm_lead_board import WRITTEN_TYPES

# What the undo puts back. Linking a customer changes the lead's own address too.
RESTORED_FIELDS = (
    "type",
    "stage_id",
    "probability",
    "automated_probability",
    "user_id",
    "team_id",
    "partner_id",
    "contact_name",
    "partner_name",
    "function",
    "website",
    "lang_id",
    "email_from",
    "phone",
    "street",
    "street2",
    "city",
    "zip",
    "state_id",
    "country_id",
    "date_conversion",
    "date_open",
)
# What changes without anybody having worked on the opportunity.
COMPUTED_FIELDS = ("probability", "automated_probability", "date_open")
# What shows, when it changed, that somebody worked on the opportunity.
WORKED_FIELDS = (
    "name",
    "active",
    "expected_revenue",
    "date_deadline",
    "priority",
    "description",
    "lost_reason_id",
)


class CrmLead(models.Model):
    """Notes how a lead was when it is converted, so that it can be undone.

    COST: two reads, six searches and one INSERT for each lead.
    """

    _inherit = "crm.lead"

    @contextmanager
    def _note_conversion(self):
        """Note those of these leads that become opportunities inside.

        Yields the context in which customers have to be created.
        """
        before = {
            lead: lead._get_field_values(RESTORED_FIELDS)
            for lead in self
            if lead.type == "lead"
        }
        note = ConversionNote()
        yield {ConversionNote.KEY: note}
        converted = self.filtered(
            lambda lead: lead in before and lead.type == "opportunity"
        )
        # sudo: borrows nobody's right: it writes down what the user has just done
        self.env["crm.lead.conversion"].sudo().create(
            [
                {
                    "lead_id": lead.id,
                    "user_id": self.env.uid,
                    "before": before[lead],
                    "after": lead._get_field_values(lead._get_worked_fields()),
                    "marks": lead._get_work_marks(),
                    "partner_ids": [
                        Command.link(partner.id)
                        for partner in lead.partner_id | lead.partner_id.parent_id
                        if partner.id in note.ids
                    ],
                }
                for lead in converted
            ]
        )

    def _get_field_values(self, names):
        """:return: the values as JSON keeps them and ``write`` takes them"""
        self.ensure_one()
        values = {}
        for name in names:
            value = self._fields[name].convert_to_write(self[name], self)
            if isinstance(value, date):  # a moment is one too
                value = self._fields[name].to_string(value)
            values[name] = value
        return values

    def _get_worked_fields(self):
        restored = [name for name in RESTORED_FIELDS if name not in COMPUTED_FIELDS]
        return [*restored, *WORKED_FIELDS]

    def _get_work_marks(self):
        """:return: dict of a model to the last of its records that belong to this"""
        self.ensure_one()
        return {
            # sudo: whatever anybody did counts, also what the user may not see
            model: self.env[model].sudo().search(domain, order="id desc", limit=1).id
            for model, domain in self._get_work_domains().items()
        }

    def _get_work_domains(self):
        """:return: dict of a model to the domain of what is work on this opportunity"""
        written = Domain("message_type", "in", (*WRITTEN_TYPES, "email"))
        written |= Domain("mail_activity_type_id", "!=", False)
        return {
            "mail.message": Domain("model", "=", self._name)
            & Domain("res_id", "=", self.id)
            & written,
            "mail.activity": Domain("res_model", "=", self._name)
            & Domain("res_id", "=", self.id),
            "calendar.event": Domain("opportunity_id", "=", self.id),
            "crm.phonecall": Domain("opportunity_id", "=", self.id),
            "crm.contact.touch": Domain("res_model", "=", self._name)
            & Domain("res_id", "=", self.id),
            "sale.order": Domain("opportunity_id", "=", self.id),
        }
