from odoo import models
from odoo.exceptions import UserError

from .conversion_note import ConversionNote


class CrmLead(models.Model):
    """The one button (capabilities 001.20 to 001.22).

    SPECIFICATIONS: CONVERSION
    * One click finds the customer by e-mail, phone number or tax id, links it or
      creates it, makes the opportunity and opens it. History, activities, campaign,
      ads data and calls stay, because the record stays.
    * When a decision is needed, core's wizard opens already filled: other open leads or
      opportunities of the same customer, e-mail or phone; several customers that could
      be the one; required questions of the checklist without an answer.
    * Several leads at once: each is converted on its own, so that one that cannot be
      keeps none of the others. When all are done their opportunities open, else a
      report names every lead: converted, in need of a decision, or refused and why.
    * What was done is said with a way back (see ``crm_lead_undo``).

    COST: some thirty queries for one lead; as many for each of several.
    """

    _inherit = "crm.lead"

    def action_convert_to_opportunity(self):
        """Turn these leads into opportunities of the right customers.

        One lead: open the opportunity, or core's wizard when somebody has to decide.
        Several: convert the unambiguous ones, open the opportunities or the report.

        :raises UserError: when a single record is lost, won or an opportunity already
        :return: the action that opens the result
        """
        if not self:
            raise UserError(self.env._("Choose the leads to convert first."))
        self.check_access("write")
        if len(self) > 1:
            return self._convert_many()
        if reason := self._get_conversion_refusal():
            raise UserError(reason)
        partner, customers = self._match_customers()
        if self._get_conversion_doubts(partner, customers):
            return self._get_conversion_wizard_action()
        with self.env["res.partner"]._funnel_batch() as batch:
            self.with_context(**batch)._convert_with_customer(partner)
        return self._get_converted_action()

    def _convert_many(self):
        outcomes = {}
        with self.env["res.partner"]._funnel_batch() as batch:
            for lead in self:
                outcomes[lead] = lead.with_context(**batch)._convert_safely()
        converted = self.filtered(lambda lead: outcomes[lead][0] == "converted")
        if converted == self:
            return self._get_many_converted_action()
        report = self.env["crm.lead.convert.report"]._make(outcomes)
        return report._get_open_action()

    def _convert_safely(self):
        """:return: the outcome of one of several leads, and the reason for it"""
        if reason := self._get_conversion_refusal():
            return "refused", reason
        partner, customers = self._match_customers()
        if doubts := self._get_conversion_doubts(partner, customers):
            return "undecided", " ".join(doubts)
        try:
            with self.env.cr.savepoint():
                self._convert_with_customer(partner)
        except UserError as error:
            return "refused", str(error)
        return "converted", self._get_converted_text()

    # ------------------------------------------------------------
    # MAY IT BE CONVERTED
    # ------------------------------------------------------------

    def _get_conversion_refusal(self):
        """:return: why this cannot be converted, or nothing"""
        self.ensure_one()
        if self.won_status == "won":
            return self.env._("“%(lead)s” is won already.", lead=self.name)
        if self.type == "opportunity":
            return self.env._("“%(lead)s” is an opportunity already.", lead=self.name)
        if self.won_status == "lost" or not self.active:
            return self.env._(
                "“%(lead)s” is lost. Restore it before you convert it.", lead=self.name
            )
        return ""

    def _get_conversion_doubts(self, partner, customers):
        """:return: texts of what a person has to decide before the conversion

        :param partner, customers: as ``_match_customers`` gives them
        """
        self.ensure_one()
        doubts = []
        if len(customers) > 1:
            doubts.append(
                self.env._(
                    "Several customers have this phone number, e-mail or tax id: "
                    "%(names)s.",
                    names=", ".join(customers.mapped("display_name")),
                )
            )
        if twins := self._get_open_duplicates(partner):
            doubts.append(
                self.env._(
                    "Open already for the same person: %(names)s.",
                    names=", ".join(twins.mapped("name")),
                )
            )
        if questions := self._get_open_questions()[self]:
            doubts.append(
                self.env._(
                    "Not answered yet: %(questions)s",
                    questions=" · ".join(questions.mapped("name")),
                )
            )
        return doubts

    def _match_customers(self):
        """:return: the partner that the conversion links, and the customers that could
        be this lead's; none to choose from once one is linked"""
        self.ensure_one()
        candidates = self.partner_id or self._find_partner_candidates()
        partner = self._find_matching_partner(candidates)
        return partner, candidates.commercial_partner_id

    # ------------------------------------------------------------
    # CONVERTING
    # ------------------------------------------------------------

    def _convert_with_customer(self, partner):
        self.ensure_one()
        with self._note_conversion() as noted:
            # the customer that is created belongs to the lead's salesperson
            lead = self.with_context(default_user_id=self.user_id.id, **noted)
            lead._handle_partner_assignment(force_partner_id=partner.id)
            self.convert_opportunity(self.partner_id)

    def _create_customer(self, with_parent=None):
        """Note who was made, so that undoing can take them away again."""
        known = (with_parent or self.env["res.partner"]) | self.partner_id
        partner = super()._create_customer(with_parent=with_parent)
        if note := ConversionNote.of(self.env):
            note.ids |= set((partner | partner.parent_id - known).ids)
            note.ids -= set(known.ids)
        return partner

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        values = super()._prepare_customer_values(
            partner_name, is_company=is_company, parent_id=parent_id
        )
        if self.vat and not parent_id:
            values["vat"] = self.vat
        return values

    # ------------------------------------------------------------
    # WHAT OPENS
    # ------------------------------------------------------------

    def _get_conversion_wizard_action(self):
        """Open core's wizard with the customer and the duplicates filled in."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm.action_crm_lead2opportunity_partner"
        )
        action["context"] = {
            "active_model": self._name,
            "active_id": self.id,
            "active_ids": self.ids,
            "default_lead_id": self.id,
        }
        return action

    def _get_converted_action(self):
        """Open the opportunity; the client says what was done and offers the way back
        (see ``conversion_service.js``)."""
        action = self.redirect_lead_opportunity_view()
        action["context"] = {
            **action["context"],
            "lead_conversion": self._prepare_conversion_notice(
                self._get_converted_text()
            ),
        }
        return action

    def _get_many_converted_action(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm.crm_lead_opportunities"
        )
        action["domain"] = [("id", "in", self.ids)]
        action["context"] = {
            "default_type": "opportunity",
            "lead_conversion": self._prepare_conversion_notice(
                self.env._("%(count)s leads are opportunities now.", count=len(self))
            ),
        }
        return action

    def _get_converted_text(self):
        conversion = self._get_last_conversion()
        values = {"lead": self.name, "customer": self.partner_id.display_name or ""}
        if conversion.partner_ids:
            return self.env._(
                "“%(lead)s” is an opportunity now, of the new customer %(customer)s.",
                **values,
            )
        return self.env._(
            "“%(lead)s” is an opportunity now, of the customer %(customer)s.", **values
        )
