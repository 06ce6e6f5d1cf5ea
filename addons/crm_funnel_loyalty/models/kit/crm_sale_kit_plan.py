from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...groups import SALES


class CrmSaleKitPlan(models.Model):
    """A skill plan: who learns what, until when (003.65).

    SPECIFICATION
    - WHO: people, teams or both; whoever joins a team is in its plans.
    - WHAT: training items of the sale kit. What somebody has read before counts.
    - UNTIL: one day for all of the plan.
    - Who is where is told by ``crm.sale.kit.progress``; reminders are in
      ``crm_sale_kit_plan_reminder``.
    - Everybody in it can finish it: people are salespeople, and what is to be learnt is
      training that its company sees.
    - RIGHTS: every salesperson of the company reads, managers make plans.
    """

    _name = "crm.sale.kit.plan"
    _description = "Skill Plan"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_deadline desc, id desc"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    date_deadline = fields.Date(string="Due Date", required=True, tracking=True)
    user_ids = fields.Many2many(
        "res.users",
        string="People",
        domain=lambda self: (
            f"[('all_group_ids', 'in', {self.env.ref(SALES).ids}),"
            " ('company_ids', 'in', company_id)]"
        ),
    )
    team_ids = fields.Many2many(
        "crm.team",
        string="Teams",
        domain="[('company_id', 'in', [company_id, False])]",
    )
    item_ids = fields.Many2many(
        "crm.sale.kit.item",
        string="To Learn",
        domain="[('kind', '=', 'training'), ('company_id', 'in', [company_id, False])]",
    )
    note = fields.Text()
    progress_ids = fields.One2many("crm.sale.kit.progress", "plan_id")
    person_count = fields.Integer(string="Learners", compute="_compute_figures")
    done_count = fields.Integer(string="Finished", compute="_compute_figures")
    behind_count = fields.Integer(string="Late", compute="_compute_figures")
    progress = fields.Float(string="Progress (%)", compute="_compute_figures")

    @api.depends("user_ids", "team_ids", "item_ids.reading_ids", "date_deadline")
    def _compute_figures(self):
        """COST: one query for any number of plans."""
        # sudo: how far a team has come is for every salesperson, without names
        rows = (
            self.env["crm.sale.kit.progress"]
            .sudo()
            ._read_group(
                [("plan_id", "in", self.ids)],
                ["plan_id", "state"],
                ["__count", "item_count:sum", "read_count:sum"],
            )
        )
        figures = {}
        for plan, state, count, items, read in rows:
            mine = figures.setdefault(plan.id, {"people": 0, "items": 0, "read": 0})
            mine[state] = count
            mine["people"] += count
            mine["items"] += items
            mine["read"] += read
        for plan in self:
            mine = figures.get(plan._origin.id, {})
            plan.person_count = mine.get("people", 0)
            plan.done_count = mine.get("done", 0)
            plan.behind_count = mine.get("behind", 0)
            plan.progress = (
                100.0 * mine["read"] / mine["items"] if mine.get("items") else 0.0
            )

    @api.constrains("user_ids", "team_ids", "item_ids", "company_id")
    def _check_content(self):
        for plan in self:
            if not (plan.user_ids or plan.team_ids):
                raise ValidationError(
                    self.env._("Say for whom “%s” is: people or teams.", plan.name)
                )
            if not plan.item_ids:
                raise ValidationError(
                    self.env._("Say what is to be learnt in “%s”.", plan.name)
                )
            plan._check_people()
            plan.item_ids._check_skill_plans()

    def _check_people(self):
        """:raises ValidationError: for who cannot open the plan"""
        # sudo: who is a salesperson is no secret to whoever makes plans
        strangers = self.sudo().user_ids.filtered(
            lambda user: (
                not user.has_group(SALES) or self.company_id not in user.company_ids
            )
        )
        if strangers:
            raise ValidationError(
                self.env._(
                    "%(people)s cannot open “%(plan)s”: give them the rights of a "
                    "salesperson in %(company)s first.",
                    people=", ".join(strangers.mapped("name")),
                    plan=self.name,
                    company=self.company_id.name,
                )
            )
        wrong = self.team_ids.filtered(
            lambda team: team.company_id and team.company_id != self.company_id
        )
        if wrong:
            raise ValidationError(
                self.env._(
                    "The team “%(team)s” is of another company than “%(plan)s”.",
                    team=wrong[0].name,
                    plan=self.name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        """A new plan shows at once who is where: that is read, not written."""
        plans = super().create(vals_list)
        plans.invalidate_recordset(["progress_ids"])
        return plans

    def action_open_items(self):
        """:return: the action that lists what is to be learnt"""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_sale_kit"
        )
        return dict(
            action,
            name=self.name,
            domain=[("id", "in", self.item_ids.ids)],
            context={},
        )

    def action_view_progress(self):
        """:return: the action that lists how far each person has come"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_sale_kit_progress"
        )
        return dict(action, domain=[("plan_id", "=", self.id)], context={})
