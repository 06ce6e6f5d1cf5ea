from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ..models.statement.statement_bonus import StatementBonus
from ..models.statement.statement_facts import StatementFacts
from ..models.statement.statement_pay import StatementPay, deal_out
from ..services.commission import ZERO, to_decimal
from ..services.targets import shift


class CrmSalesPolicyTrial(models.TransientModel):
    """What a policy would have paid in a past period (N4), beside what the policy that
    held then pays. Nothing is written.

    The longer of the two policies' periods is compared, with all of the other's in it.
    Teams deal out to their present members.

    COST: one query for each of the two policies, and those of ``StatementBonus`` for
    each of its periods.
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
        begin, end = self._get_span()
        before, now = (
            self._pay(policy, begin, end) for policy in (self.other_id, self.policy_id)
        )
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

    def _get_span(self):
        """:return: first day of the longer of the two periods, and the day after it"""
        policies = self.other_id | self.policy_id
        begins, ends = zip(
            *(policy._get_bounds(self.date) for policy in policies), strict=True
        )
        return min(begins), max(ends)

    def _pay(self, policy, begin, end):
        """:return: dict of owner to ``[revenue, money]``"""
        paid = defaultdict(lambda: [ZERO, ZERO])
        if not policy:
            return paid
        # sudo: a sales manager may know what everybody has sold
        policy = policy.sudo()
        periods = defaultdict(list)
        for sale in StatementFacts(policy).read_sales(begin, end):
            periods[policy._get_bounds(sale.home)[0]].append(sale)
            if begin <= sale.home < end:
                paid["user", sale.user_id][0] += sale.base
        while begin < end:
            self._pay_period(policy, begin, periods[begin], paid)
            begin = shift(policy.period, begin)
        return paid

    def _pay_period(self, policy, begin, sales, paid):
        """Add what the sales of one period pay."""
        lines = StatementPay(policy).get_lines(sales)
        end = shift(policy.period, begin)
        for line in StatementBonus(policy, begin, end).get_lines(sales):
            lines["user", line.user_id].append(line)
        for owner, own in lines.items():
            amount = sum((line.amount for line in own), ZERO)
            paid[owner][1] += amount
            if owner[0] == "team":
                self._deal_out(policy, owner[1], amount, sales, paid)

    def _deal_out(self, policy, team_id, amount, sales, paid):
        """Give what a team has to its members, where the policy says so."""
        team = self.env["crm.team"].sudo().browse(team_id)  # sudo: as in ``_pay``
        members = dict.fromkeys(team.member_ids.ids, ZERO)
        for sale in sales:
            if sale.team_id == team_id:
                members[sale.user_id] = members.get(sale.user_id, ZERO) + sale.base
        step = to_decimal(policy.currency_id.rounding)
        shares = deal_out(amount, members, policy.team_split, team.user_id.id, step)
        for user_id, share in shares.items():
            paid["user", user_id][1] += share
            paid["team", team_id][1] -= share

    def _prepare_line(self, owner, before, now):
        kind, owner_id = owner
        revenue, paid_now = map(float, now[owner])
        paid_before = float(before[owner][1])
        return {
            "user_id": owner_id if kind == "user" else False,
            "team_id": owner_id if kind == "team" else False,
            "revenue": revenue,
            "paid_before": paid_before,
            "paid_now": paid_now,
            "difference": paid_now - paid_before,
        }
