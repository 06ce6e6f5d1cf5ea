from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..services import instalments
from ..services.instalments import PlanError


class AgreementInstalmentPlan(models.TransientModel):
    """Split the value of a contract: in equal parts, by percentages, or by dates.

    What is invoiced stays; the plan is about the rest. The preview is what will be
    saved: dates and names may still be changed in it.
    """

    _name = "agreement.instalment.plan"
    _description = "Plan of Instalments"

    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self._default_agreement_id(),
    )
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    amount = fields.Monetary(string="To Split", compute="_compute_amount")
    invoiced_amount = fields.Monetary(
        string="Invoiced Already", compute="_compute_amount"
    )
    method = fields.Selection(
        [
            ("equal", "Equal parts"),
            ("percent", "By percentage"),
            ("dates", "By dates"),
        ],
        required=True,
        default="equal",
    )
    count = fields.Integer(string="Number of Instalments", default=3)
    percents = fields.Char(
        string="Percentages",
        default="30/30/40",
        help="One after the other, such as 30/30/40. They come to 100.",
    )
    first_date = fields.Date(
        string="First Payment",
        required=True,
        default=lambda self: self._default_first_date(),
    )
    every = fields.Integer(default=1)
    unit = fields.Selection(
        [("days", "Days"), ("weeks", "Weeks"), ("months", "Months")],
        default="months",
        required=True,
    )
    line_ids = fields.One2many(
        "agreement.instalment.plan.line",
        "plan_id",
        string="Preview",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    message = fields.Char(compute="_compute_message")

    _count_positive = models.Constraint(
        "CHECK (count BETWEEN 1 AND 120)", "Plan between 1 and 120 instalments."
    )
    _every_positive = models.Constraint(
        "CHECK (every BETWEEN 1 AND 366)",
        "Leave at least one day, week or month between two payments.",
    )

    @api.model
    def _default_agreement_id(self):
        if self.env.context.get("active_model") == "agreement":
            return self.env.context.get("active_id")
        return False

    @api.model
    def _default_first_date(self):
        agreement_id = self.env.context.get("default_agreement_id")
        agreement = self.env["agreement"].browse(
            agreement_id or self._default_agreement_id()
        )
        return agreement._get_today()

    @api.depends("agreement_id")
    def _compute_amount(self):
        for plan in self:
            kept = plan.agreement_id.instalment_ids.filtered(
                lambda part: part._has_live_invoice()
            )
            plan.invoiced_amount = sum(kept.mapped("amount"))
            plan.amount = plan.agreement_id.amount - plan.invoiced_amount

    @api.depends(
        "agreement_id", "method", "count", "percents", "first_date", "every", "unit"
    )
    def _compute_line_ids(self):
        for plan in self:
            try:
                lines = plan._prepare_lines()
            except PlanError:
                lines = []
            plan.line_ids = [Command.clear(), *map(Command.create, lines)]

    @api.depends(
        "method",
        "count",
        "percents",
        "every",
        "line_ids.due_date",
        "line_ids.amount",
        "line_ids.fixed_amount",
    )
    def _compute_message(self):
        """Why there is no preview; empty when the plan can be saved."""
        for plan in self:
            plan.message = False
            try:
                plan._get_amounts()
            except PlanError as error:
                plan.message = plan.agreement_id._get_plan_message(error.kind)

    @api.onchange("line_ids")
    def _onchange_line_ids(self):
        """By dates: the value is spread over the dates there are."""
        if self.method != "dates":
            return
        try:
            amounts = self._get_amounts()
        except PlanError:
            return
        for line, amount in zip(self.line_ids, amounts, strict=True):
            line.amount = amount

    def action_apply(self):
        """Replace what is not invoiced by this plan."""
        self.ensure_one()
        agreement = self.agreement_id
        agreement._check_can_plan()
        try:
            amounts = self._get_amounts()
        except PlanError as error:
            raise UserError(agreement._get_plan_message(error.kind)) from error
        free = agreement.instalment_ids.filtered(lambda p: not p._has_live_invoice())
        lines = self.line_ids
        kept = len(agreement.instalment_ids - free)
        agreement.write(
            {
                "instalment_ids": [
                    *(Command.delete(part.id) for part in free),
                    *(
                        Command.create(
                            {
                                **agreement._prepare_instalment(
                                    kept + number, line.due_date, amount
                                ),
                                **({"name": line.name} if line.name else {}),
                            }
                        )
                        for number, (line, amount) in enumerate(
                            zip(lines, amounts, strict=True), start=1
                        )
                    ),
                ]
            }
        )
        return {"type": "ir.actions.act_window_close"}

    def _prepare_lines(self):
        """Values of the preview."""
        self.ensure_one()
        if self.method == "dates" and self.line_ids:
            return [
                {
                    "due_date": line.due_date,
                    "name": line.name,
                    "amount": line.amount,
                    "fixed_amount": line.fixed_amount,
                }
                for line in self.line_ids
            ]
        amounts = self._split(self._get_weights())
        dates = instalments.plan_dates(
            self.first_date or self.agreement_id._get_today(),
            len(amounts),
            max(self.every, 1),
            self.unit or "months",
        )
        kept = len(
            self.agreement_id.instalment_ids.filtered(lambda p: p._has_live_invoice())
        )
        return [
            self.agreement_id._prepare_instalment(kept + number, due_date, amount)
            for number, (due_date, amount) in enumerate(
                zip(dates, amounts, strict=True), start=1
            )
        ]

    def _get_amounts(self):
        """The amounts of the lines as they will be saved.

        :raises PlanError: when the value cannot be split that way
        """
        self.ensure_one()
        if self.method == "dates":
            if not self.line_ids or not all(self.line_ids.mapped("due_date")):
                raise PlanError("none")
            return instalments.split_around(
                self.amount, self._get_fixed_amounts(), self._get_rounding()
            )
        amounts = self._split(self._get_weights())
        if len(amounts) != len(self.line_ids):
            raise PlanError("lines")
        return amounts

    def _get_weights(self):
        if self.method == "percent":
            return instalments.parse_percents(self.percents)
        return [1] * min(max(self.count, 0), 120)

    def _get_fixed_amounts(self):
        return [
            self.currency_id.round(line.fixed_amount) if line.fixed_amount else 0
            for line in self.line_ids
        ]

    def _get_rounding(self):
        return self.currency_id.rounding or 0.01

    def _split(self, weights):
        rounding = self._get_rounding()
        if self.amount <= 0:
            raise PlanError("few")
        split = instalments.split_by_weight
        if self.method == "percent":
            split = instalments.split_by_percent
        return split(self.amount, weights, rounding)
