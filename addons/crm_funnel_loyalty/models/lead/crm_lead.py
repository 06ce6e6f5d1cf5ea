from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...groups import ALL_DOCUMENTS

# What a lead's stage follows from; a team follows from the salesperson.
STAGE_CAUSES = {"lead_stage_id", "team_id", "user_id", "type"}


class CrmLead(models.Model):
    """Lead with stages of its own.

    SPECIFICATIONS: LEAD STAGES (capabilities 001.14 to 001.18)
    * ``lead_stage_id`` is the lead's place on the board. A record of type ``lead``
      lands in the first stage its team may use, however it was made. An opportunity
      keeps the last one it had.
    * A lead cannot be put into a stage that another team keeps for itself.
    * Core rots opportunities by their stage; leads rot by their lead stage.
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
                lambda lead, team=team: not lead.lead_stage_id._is_for_team(team)
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

    @api.constrains("lead_stage_id", "team_id")
    def _check_lead_stage_team(self):
        for lead in self.filtered("lead_stage_id"):
            stage = lead.lead_stage_id
            if lead.type == "lead" and not stage._is_for_team(lead.team_id):
                raise ValidationError(
                    self.env._(
                        "The stage “%(stage)s” belongs to %(teams)s. Give “%(lead)s” "
                        "to that team first, or choose a stage that all teams share.",
                        stage=stage.name,
                        teams=", ".join(stage.team_ids.mapped("name")),
                        lead=lead.name,
                    )
                )

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
        if self.env.user.has_group(ALL_DOCUMENTS):
            usable = Domain.TRUE
        # sudo as core does for opportunities: which columns there are is no secret
        stage_ids = stages.sudo()._search(
            Domain("id", "in", stages.ids) | usable, order=stages._order
        )
        return stages.browse(stage_ids)

    def write(self, vals):
        """Notice which leads come to another stage, by hand or with their team."""
        if not STAGE_CAUSES & vals.keys():
            return super().write(vals)
        before = {lead.id: lead.lead_stage_id for lead in self}
        result = super().write(vals)
        moved = self.filtered(lambda lead: lead.lead_stage_id != before[lead.id])
        if moved:
            moved._after_lead_stage_move()
        return result

    def _after_lead_stage_move(self):
        """Hook: what follows when leads have come to another stage."""
        self.lead_stage_date = self.env.cr.now()

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
