from contextlib import suppress

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import mute_logger

from ...groups import ALL_DOCUMENTS
from .crm_lead_conversion import UNDO_MINUTES


class CrmLead(models.Model):
    """The way back from a conversion, for a while.

    SPECIFICATIONS
    * Within an hour, whoever converted (or a manager) puts the lead back: type, stage,
      customer, address, salesperson, team, probability. The lead stage never changed.
    * A customer who was made by the conversion goes too, unless it is used elsewhere.
    * Refused once somebody worked on the opportunity: another stage, a message, an
      activity, a call, a meeting, a quotation, another value. The message says which.
    * Refused for good once another lead was merged into it.
    * Two who undo at once: the second is told that there is nothing to undo.
    """

    _inherit = "crm.lead"

    can_undo_conversion = fields.Boolean(compute="_compute_can_undo_conversion")

    @api.depends("type")
    @api.depends_context("uid")
    def _compute_can_undo_conversion(self):
        for lead in self:
            lead.can_undo_conversion = (
                lead.type == "opportunity"
                and lead._is_undo_mine()
                and not lead._get_undo_refusal()
            )

    def action_undo_conversion(self):
        """Make these opportunities the leads again that they were.

        :raises UserError: when there is nothing to undo (any more), and why
        :return: the action that opens the leads
        """
        self.check_access("write")
        for lead in self:
            lead._check_undo_allowed()
            if refusal := lead._get_undo_refusal():
                raise UserError(refusal)
        for lead in self:
            lead._undo_conversion()
        if len(self) == 1:
            return self.redirect_lead_opportunity_view()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_lead_board"
        )
        return {**action, "domain": [("id", "in", self.ids)]}

    # ------------------------------------------------------------
    # MAY IT BE UNDONE
    # ------------------------------------------------------------

    def _get_last_conversion(self):
        """:return: the conversion of this lead that was not undone"""
        # sudo: the rows are closed; the lead itself has been checked
        conversions = self.env["crm.lead.conversion"].sudo()
        return conversions.search(
            [("lead_id", "=", self.id), ("undone_date", "=", False)], limit=1
        )

    def _is_undo_mine(self):
        """Whether the conversion, if there is one, is for this user to undo."""
        conversion = self._get_last_conversion()
        is_manager = self.env.user.has_group(ALL_DOCUMENTS)
        return not conversion or conversion.user_id == self.env.user or is_manager

    def _check_undo_allowed(self):
        if not self._is_undo_mine():
            raise AccessError(
                self.env._(
                    "%(user)s converted “%(lead)s”. Ask for it to be undone, or ask a "
                    "sales manager.",
                    user=self._get_last_conversion().user_id.name,
                    lead=self.name,
                )
            )

    def _get_undo_refusal(self):
        """:return: why the conversion cannot be undone, or nothing"""
        self.ensure_one()
        conversion = self._get_last_conversion()
        if not conversion or self.type != "opportunity":
            return self.env._(
                "There is no conversion of “%(lead)s” to undo.", lead=self.name
            )
        if not conversion._is_recent():
            return self.env._(
                "“%(lead)s” was converted more than %(minutes)s minutes ago. Work on "
                "with the opportunity, or mark it as lost.",
                lead=self.name,
                minutes=UNDO_MINUTES,
            )
        if work := self._get_work_since(conversion):
            return self.env._(
                "“%(lead)s” has been worked on since it was converted (%(work)s). Work "
                "on with the opportunity, or mark it as lost.",
                lead=self.name,
                work=work,
            )
        return ""

    def _get_work_since(self, conversion):
        """:return: the name of what was changed or done since, or nothing"""
        now = self._get_field_values(conversion.after.keys())
        for name, value in conversion.after.items():
            if now[name] != value:
                return self._fields[name].get_description(self.env, ["string"])[
                    "string"
                ]
        for model, last_id in self._get_work_marks().items():
            if last_id and last_id > (conversion.marks.get(model) or 0):
                return self.env["ir.model"]._get(model).name
        return ""

    # ------------------------------------------------------------
    # UNDOING
    # ------------------------------------------------------------

    def _undo_conversion(self):
        conversion = self._get_last_conversion()
        customers = conversion.partner_ids
        self.write(conversion.before)
        conversion.undone_date = self.env.cr.now()
        self._message_log(body=self.env._("The conversion was undone."))
        self._remove_unused_customers(conversion, customers)

    def _remove_unused_customers(self, conversion, customers):
        """Take away the customers that the conversion made, contacts first."""
        for partner in customers.sorted(lambda p: p.is_company):
            if not self._is_customer_used(conversion, partner):
                self._remove_customer(partner)

    @api.model
    def _remove_customer(self, partner):
        """Delete a customer, unless something that is not listed here refers to it."""
        with (
            suppress(UserError, IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            # sudo: borrows the right to delete a customer that the same person's click
            # has just made and that nothing refers to
            partner.sudo().unlink()

    def _is_customer_used(self, conversion, partner):
        # sudo: counts what others have too; only whether there is something is used
        partner = partner.sudo()
        return partner.write_date > conversion.create_date or any(
            partner.env[model].with_context(active_test=False).search_count(domain, 1)
            for model, domain in self._get_customer_use_domains(partner)
        )

    @api.model
    def _get_customer_use_domains(self, partner):
        """:return: pairs of a model and the domain of what refers to a customer"""
        yield "res.partner", Domain("parent_id", "=", partner.id)
        yield "res.users", Domain("partner_id", "=", partner.id)
        yield "crm.lead", Domain("partner_id", "=", partner.id)
        yield "crm.phonecall", Domain("partner_id", "=", partner.id)
        yield "crm.campaign.member", Domain("partner_id", "=", partner.id)
        yield "crm.contact.touch", Domain("partner_id", "=", partner.id)
        yield "calendar.event", Domain("partner_ids", "in", partner.ids)
        yield "account.move", Domain("partner_id", "=", partner.id)
        yield "agreement", Domain("partner_id", "=", partner.id)
        yield "loyalty.card", Domain("partner_id", "=", partner.id)
        for fname in ("partner_id", "partner_invoice_id", "partner_shipping_id"):
            yield "sale.order", Domain(fname, "=", partner.id)
        yield (
            "mail.message",
            Domain("model", "=", "res.partner")
            & Domain("res_id", "=", partner.id)
            & Domain("message_type", "in", ("comment", "email", "sms")),
        )

    def _merge_dependences(self, opportunities):
        """What was merged is not to be taken apart again."""
        self._get_last_conversion().unlink()
        return super()._merge_dependences(opportunities)

    # ------------------------------------------------------------
    # NOTICE
    # ------------------------------------------------------------

    def _prepare_conversion_notice(self, message):
        """What the client shows; ``key`` keeps it from being shown twice."""
        conversions = [lead._get_last_conversion().id for lead in self]
        return {
            "key": max(conversions, default=0),
            "lead_ids": self.ids,
            "message": message,
            "undo": all(conversions),
        }
