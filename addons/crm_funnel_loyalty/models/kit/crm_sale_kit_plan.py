from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmSaleKitPlan(models.Model):
    """A skill plan: who learns what, until when (003.65).

    SPECIFICATION
    - WHO: people, teams or both; whoever joins a team is in its plans.
    - WHAT: training items of the sale kit. What somebody has read before counts.
    - UNTIL: one day for all of the plan.
    - Who is where is told by ``crm.sale.kit.progress``; reminders are in
      ``crm_sale_kit_plan_reminder``.
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
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
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
            wrong = plan.item_ids.filtered(lambda item: item.kind != "training")
            if wrong:
                raise ValidationError(
                    self.env._(
                        "“%s” is for customers: a skill plan has training only.",
                        wrong[0].name,
                    )
                )

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
