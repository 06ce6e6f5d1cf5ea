from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ..models.statement.statement_bonus import StatementBonus
from ..models.statement.statement_facts import StatementFacts
from ..models.statement.statement_pay import StatementPay


class CrmSalesPolicyTrial(models.TransientModel):
    """What a policy would have paid in a past period (N4), beside what the policy that
    held then pays. Nothing is written.

    COST: two queries for each of the two policies.
    """

    _name = "crm.sales.policy.trial"
    _description = "Trial of a Sales Policy"

    policy_id = fields.Many2one("crm.sales.policy", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="policy_id.currency_id")
    date = fields.Date(
        string="Period of",
        required=True,
        default=lambda self: fields.Date.context_today(self) - relativedelta(months=1),
    )
    other_id = fields.Many2one(
        "crm.sales.policy", string="Compared With", compute="_compute_other_id"
    )
    line_ids = fields.One2many("crm.sales.policy.trial.line", "trial_id", readonly=True)
    total_before = fields.Monetary(compute="_compute_totals")
    total_now = fields.Monetary(compute="_compute_totals")
    is_done = fields.Boolean(readonly=True)

    @api.depends("date", "policy_id")
    def _compute_other_id(self):
        for trial in self:
            trial.other_id = trial.date and trial.policy_id._get_for(
                trial.policy_id.company_id, trial.date
            )

    @api.depends("line_ids")
    def _compute_totals(self):
        for trial in self:
            trial.total_before = sum(trial.line_ids.mapped("paid_before"))
            trial.total_now = sum(trial.line_ids.mapped("paid_now"))

    def action_run(self):
        """Compute the trial.

        :return: the action that shows it
        """
        self.ensure_one()
        self.check_access("write")
        self.policy_id.check_access("write")
        before, now = (self._pay(policy) for policy in (self.other_id, self.policy_id))
        rows = [
            self._prepare_line(owner, before, now)
            for owner in sorted({*before, *now}, reverse=True)
        ]
        # sudo: the lines are computed, not written by hand
        self.sudo().write(
            {
                "is_done": True,
                "line_ids": [
                    fields.Command.clear(),
                    *(fields.Command.create(row) for row in rows),
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Trial of %s", self.policy_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _pay(self, policy):
        """:return: dict of owner to ``[revenue, money]``"""
        paid = defaultdict(lambda: [0.0, 0.0])
        if not policy:
            return paid
        # sudo: a sales manager may know what everybody has sold
        policy = policy.sudo()
        begin, end = policy._get_bounds(self.date)
        sales = [
            sale
            for sale in StatementFacts(policy).read_sales(begin, end)
            if begin <= sale.home < end
        ]
        for sale in sales:
            paid["user", sale.user_id][0] += float(sale.base)
        lines = StatementPay(policy).get_lines(sales)
        for line in StatementBonus(policy, begin, end).get_lines(sales):
            lines["user", line.user_id].append(line)
        for owner, own in lines.items():
            paid[owner][1] += float(sum(line.amount for line in own))
        return paid

    def _prepare_line(self, owner, before, now):
        kind, owner_id = owner
        return {
            "user_id": owner_id if kind == "user" else False,
            "team_id": owner_id if kind == "team" else False,
            "revenue": now[owner][0],
            "paid_before": before[owner][1],
            "paid_now": now[owner][1],
            "difference": now[owner][1] - before[owner][1],
        }
