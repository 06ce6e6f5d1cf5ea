from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

PHONE_KEYS_COUNTRY = "base.vn"


class CrmLead(models.Model):
    """Lead with stages of its own, one-button conversion and effect on the tiers.

    SPECIFICATIONS: LEAD STAGES (capabilities 001.14 to 001.18)
    * ``lead_stage_id`` is the lead's place on the board. A record of type ``lead``
      lands in the first stage its team may use, however it was made. An opportunity
      keeps the last one it had.
    * Core rots opportunities by their stage; leads rot by their lead stage.

    SPECIFICATIONS: CONVERSION (capabilities 001.20 to 001.22)
    * One click finds the customer by e-mail or phone number, links it or creates it,
      makes the opportunity and opens it.
    * When a decision is needed, core's wizard opens already filled: other open leads or
      opportunities of the same customer, e-mail or phone; or several customers that
      could be the one.

    SPECIFICATIONS: TIERS
    * Making, converting, losing, restoring or deleting an opportunity, or giving it to
      another customer, recomputes the tier of the customers concerned.
    """

    _inherit = "crm.lead"

    lead_stage_id = fields.Many2one(
        "crm.lead.stage",
        compute="_compute_lead_stage_id",
        store=True,
        readonly=False,
        index=True,
        tracking=True,
        copy=False,
        ondelete="restrict",
        group_expand="_read_group_lead_stage_ids",
        domain="['|', ('team_ids', '=', False), ('team_ids', 'in', team_id)]",
    )
    lead_stage_date = fields.Datetime(
        string="In Lead Stage Since",
        compute="_compute_lead_stage_date",
        store=True,
        copy=False,
    )
    lead_stage_days = fields.Integer(
        string="Days in Stage", compute="_compute_lead_stage_days"
    )

    @api.depends("team_id", "type")
    def _compute_lead_stage_id(self):
        leads = self.filtered(lambda lead: lead.type == "lead")
        for team, team_leads in leads.grouped("team_id").items():
            misplaced = team_leads.filtered(
                lambda lead, team=team: (
                    not lead.lead_stage_id
                    or (
                        lead.lead_stage_id.team_ids
                        and team not in lead.lead_stage_id.team_ids
                    )
                )
            )
            if misplaced:
                misplaced.lead_stage_id = self._lead_stage_find(team)

    @api.depends("lead_stage_id")
    def _compute_lead_stage_date(self):
        for lead in self:
            if lead.lead_stage_id and not lead.lead_stage_date:
                lead.lead_stage_date = self.env.cr.now()

    @api.depends("lead_stage_date")
    def _compute_lead_stage_days(self):
        now = self.env.cr.now()
        for lead in self:
            since = lead.lead_stage_date or lead.create_date or now
            lead.lead_stage_days = (now - since).days

    def _get_rotting_depends_fields(self):
        return super()._get_rotting_depends_fields() + [
            "lead_stage_date",
            "lead_stage_id.rotting_threshold_days",
        ]

    @api.depends(lambda self: self._get_rotting_depends_fields())
    def _compute_rotting(self):
        leads = self.filtered(lambda lead: lead.type == "lead")
        for lead in leads:
            days = lead.lead_stage_id.rotting_threshold_days
            lead.is_rotting = bool(
                days
                and lead.active
                and lead.won_status == "pending"
                and lead.lead_stage_days > days
            )
            lead.rotting_days = lead.lead_stage_days if lead.is_rotting else 0
        return super(CrmLead, self - leads)._compute_rotting()

    def _search_is_rotting(self, operator, value):
        opportunities = Domain(super()._search_is_rotting(operator, value))
        leads = self._get_rotting_leads_domain()
        return opportunities & ~leads if operator == "not in" else opportunities | leads

    @api.model
    def _read_group_lead_stage_ids(self, stages, domain):
        """Show the stages in use, and those a member of the current team may use."""
        team_ids = self.env.user.crm_team_ids.ids
        if team_id := self.env.context.get("default_team_id"):
            team_ids = [team_id]
        usable = Domain("team_ids", "=", False) | Domain("team_ids", "in", team_ids)
        if self.env.user.has_group("sales_team.group_sale_salesman_all_leads"):
            usable = Domain.TRUE
        # sudo as core does for opportunities: which columns there are is no secret
        stage_ids = stages.sudo()._search(
            Domain("id", "in", stages.ids) | usable, order=stages._order
        )
        return stages.browse(stage_ids)

    @api.model_create_multi
    def create(self, vals_list):
        """A new opportunity may move its customer up."""
        leads = super().create(vals_list)
        leads._get_funnel_partners()._recompute_funnel_tier()
        return leads

    def write(self, vals):
        """Keep the date of the lead stage, and the tiers of the customers concerned."""
        if "lead_stage_id" in vals:
            moved = self.filtered(lambda l: l.lead_stage_id.id != vals["lead_stage_id"])
            if moved == self:
                vals = {**vals, "lead_stage_date": self.env.cr.now()}
            elif moved:
                moved.write(vals)
                return (self - moved).write(vals)
        if not vals.keys() & self._get_funnel_trigger_fields():
            return super().write(vals)
        partners = self._get_funnel_partners()
        result = super().write(vals)
        (partners | self._get_funnel_partners())._recompute_funnel_tier()
        return result

    def unlink(self):
        """A deleted opportunity may move its customer down."""
        partners = self._get_funnel_partners()
        result = super().unlink()
        partners.exists()._recompute_funnel_tier()
        return result

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_convert_to_opportunity(self):
        """Turn these leads into opportunities of the right customers.

        One lead: open the opportunity, or core's wizard when somebody has to decide.
        Several: convert the unambiguous ones and open the opportunities; what is left
        is reported.

        :raises UserError: when a record is lost, won or an opportunity already
        :return: the action that opens the result
        """
        self.check_access("write")
        self._check_convertible()
        ambiguous = self.browse()
        with self.env["res.partner"]._funnel_batch() as batch:
            for lead in self:
                if lead._is_conversion_ambiguous():
                    ambiguous |= lead
                else:
                    lead.with_context(**batch)._convert_with_customer()
        if len(self) == 1:
            if ambiguous:
                return self._get_conversion_wizard_action()
            return self.redirect_lead_opportunity_view()
        return self._get_mass_conversion_action(self - ambiguous, ambiguous)

    # ------------------------------------------------------------
    # STAGES
    # ------------------------------------------------------------

    @api.model
    def _lead_stage_find(self, team):
        """Return the first lead stage that the team may use."""
        domain = Domain("team_ids", "=", False)
        if team:
            domain |= Domain("team_ids", "in", team.ids)
        return self.env["crm.lead.stage"].search(domain, limit=1)

    @api.model
    def _get_rotting_leads_domain(self):
        now = self.env.cr.now()
        stages = self.env["crm.lead.stage"].search([("rotting_threshold_days", ">", 0)])
        return (
            Domain("type", "=", "lead")
            & Domain("won_status", "=", "pending")
            & Domain.OR(
                Domain("lead_stage_id", "=", stage.id)
                & Domain(
                    "lead_stage_date",
                    "<=",
                    now - timedelta(days=stage.rotting_threshold_days + 1),
                )
                for stage in stages
            )
        )

    # ------------------------------------------------------------
    # CONVERSION
    # ------------------------------------------------------------

    def _check_convertible(self):
        for lead in self:
            if lead.won_status == "won":
                message = self.env._("“%(lead)s” is won already.", lead=lead.name)
            elif lead.type == "opportunity":
                message = self.env._(
                    "“%(lead)s” is an opportunity already.", lead=lead.name
                )
            elif lead.won_status == "lost" or not lead.active:
                message = self.env._(
                    "“%(lead)s” is lost. Restore it before you convert it.",
                    lead=lead.name,
                )
            else:
                continue
            raise UserError(message)

    def _is_conversion_ambiguous(self):
        """Whether a person has to decide: duplicates, or several possible customers."""
        self.ensure_one()
        if not self.partner_id:
            customers = self._find_partner_candidates().commercial_partner_id
            if len(customers) > 1:
                return True
        return bool(self._get_open_duplicates())

    def _convert_with_customer(self):
        self.ensure_one()
        partner = self._find_matching_partner()
        # the customer that is created belongs to the lead's salesperson
        lead = self.with_context(default_user_id=self.user_id.id)
        lead._handle_partner_assignment(force_partner_id=partner.id)
        self.convert_opportunity(self.partner_id)

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

    def _get_mass_conversion_action(self, converted, ambiguous):
        if not converted:
            raise UserError(
                self.env._(
                    "These leads need a decision, because the same customer, e-mail or "
                    "phone number occurs more than once. Convert them one by one: "
                    "%(leads)s",
                    leads=", ".join(ambiguous.mapped("name")),
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm.crm_lead_opportunities"
        )
        action["domain"] = [("id", "in", converted.ids)]
        if not ambiguous:
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": self.env._(
                    "%(count)s converted. These need a decision, because the same "
                    "customer, e-mail or phone number occurs more than once; convert "
                    "them one by one: %(leads)s",
                    count=len(converted),
                    leads=", ".join(ambiguous.mapped("name")),
                ),
                "next": action,
            },
        }

    def _find_matching_partner(self):
        """Core finds the customer by e-mail; most of ours have only a phone number."""
        partner = super()._find_matching_partner()
        return partner or self._find_partners_by_phone()[:1]

    def _find_partner_candidates(self):
        """Return every customer that could be this lead's, by e-mail and by phone."""
        self.ensure_one()
        candidates = self._find_partners_by_phone()
        if self.email_normalized:
            candidates |= self.env["res.partner"].search(
                Domain("email_normalized", "=", self.email_normalized)
                & self._get_partner_company_domain()
            )
        return candidates

    def _find_partners_by_phone(self):
        """Return the customers with this lead's phone number, best first: companies and
        people on their own before contacts, older before newer."""
        self.ensure_one()
        keys = self._get_phone_keys()
        if not keys:
            return self.env["res.partner"]
        partners = self.env["res.partner"].search(
            (Domain("phone_sanitized", "in", keys) | Domain("phone", "in", keys))
            & self._get_partner_company_domain(),
            order="id",
        )
        return partners.sorted(lambda p: (p.commercial_partner_id != p, p.id))

    def _get_partner_company_domain(self):
        company = self.company_id or self.env.company
        return Domain("company_id", "in", [company.id, False])

    def _get_phone_keys(self):
        """Spellings under which this lead's number may be stored: E.164, and, where the
        company's country does not know Vietnamese numbers, as people type them."""
        self.ensure_one()
        if not self.phone:
            return []
        country = self.env.ref(PHONE_KEYS_COUNTRY)
        national = self._phone_format(
            fname="phone", country=country, force_format="NATIONAL"
        )
        keys = {
            self.phone_sanitized,
            self._phone_format(fname="phone", country=country),
            self.phone.strip(),
            national,
            national and national.replace(" ", ""),
        }
        return [key for key in keys if key]

    def _get_open_duplicates(self, partner=None):
        """Return other open leads and opportunities of the same customer, e-mail or
        phone number, as far as the user may see them.

        :param partner: the customer, when it is known better than by the lead itself
        """
        self.ensure_one()
        partner = partner or self._find_matching_partner()
        same = Domain.FALSE
        if partner:
            customer = partner.commercial_partner_id
            same |= Domain("partner_id.commercial_partner_id", "=", customer.id)
        if self.email_normalized:
            same |= Domain("email_normalized", "=", self.email_normalized)
        if keys := self._get_phone_keys():
            same |= Domain("phone_sanitized", "in", keys) | Domain("phone", "in", keys)
        return self.search(same & self._get_open_duplicates_domain())

    def _get_open_duplicates_domain(self):
        company = self.company_id or self.env.company
        return (
            Domain("id", "!=", self.id)
            & Domain("active", "=", True)
            & Domain("won_status", "=", "pending")
            & Domain("company_id", "in", [company.id, False])
        )

    # ------------------------------------------------------------
    # TIERS
    # ------------------------------------------------------------

    @api.model
    def _get_funnel_trigger_fields(self):
        return {"partner_id", "type", "active"}

    def _get_funnel_partners(self):
        # sudo: the tier is the suite's to keep, whoever may read the customer
        opportunities = self.sudo().filtered(lambda lead: lead.type == "opportunity")
        return opportunities.partner_id.commercial_partner_id
