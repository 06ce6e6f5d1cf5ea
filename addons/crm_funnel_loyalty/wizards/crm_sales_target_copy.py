from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_round

from ..services.targets import get_first_day, shift


class CrmSalesTargetCopy(models.TransientModel):
    """Copy the targets of one period to another (003.40).

    SPECIFICATION: what is there already stays as it is; the rest is made in one go,
    changed by a percentage and rounded to whole units of the metric.

    COST: two searches and one create, whatever the number of targets.
    """

    _name = "crm.sales.target.copy"
    _description = "Copy Targets"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    period = fields.Selection(
        selection=lambda self: self._get_periods(), default="month", required=True
    )
    source_date = fields.Date(
        string="From the Period Of", required=True, default=lambda self: self._last()
    )
    date = fields.Date(
        string="To the Period Of", required=True, default=fields.Date.context_today
    )
    growth = fields.Float(string="Change (%)", digits=(6, 2))
    copy_count = fields.Integer(string="Will Be Made", compute="_compute_counts")
    present_count = fields.Integer(
        string="There Already, Stay as They Are", compute="_compute_counts"
    )

    @api.model
    def _get_periods(self):
        field = self.env["crm.sales.target"]._fields["period"]
        return field._description_selection(self.env)

    def _last(self):
        return shift(
            "month", get_first_day("month", fields.Date.context_today(self)), -1
        )

    @api.onchange("period", "date")
    def _onchange_date(self):
        if self.period and self.date:
            first = get_first_day(self.period, self.date)
            self.source_date = shift(self.period, first, -1)

    @api.depends("company_id", "period", "source_date", "date")
    def _compute_counts(self):
        for wizard in self:
            if not (wizard.source_date and wizard.date):
                wizard.copy_count = wizard.present_count = 0
                continue
            source = wizard._get_targets(wizard.source_date)
            missing = wizard._get_missing(source)
            wizard.copy_count = len(missing)
            wizard.present_count = len(source) - len(missing)

    def _get_targets(self, day):
        return self.env["crm.sales.target"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("period", "=", self.period),
                ("date_from", "=", get_first_day(self.period, day)),
            ]
        )

    def _get_missing(self, source):
        first = get_first_day(self.period, self.date)
        present = {target._get_key() for target in self._get_targets(self.date)}
        return source.filtered(lambda target: target._get_key(first) not in present)

    def action_copy(self):
        """Make what is missing and show the targets of the period."""
        self.ensure_one()
        if self.growth <= -100:
            raise UserError(
                self.env._("Nothing would be left: give a change above -100 %.")
            )
        source = self._get_targets(self.source_date)
        if not source:
            raise UserError(
                self.env._(
                    "There are no targets in the period you copy from. Choose another "
                    "one."
                )
            )
        first = get_first_day(self.period, self.date)
        self.env["crm.sales.target"].create(
            [
                target._prepare_copy_values(
                    self.period, first, self._get_changed(target)
                )
                for target in self._get_missing(source)
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Targets"),
            "res_model": "crm.sales.target",
            "view_mode": "list,kanban,form",
            "domain": [("id", "in", self._get_targets(self.date).ids)],
        }

    def _get_changed(self, target):
        step = target._get_step()
        changed = float_round(
            target.target * (1 + self.growth / 100), precision_rounding=step
        )
        if target.metric == "conversion":
            changed = min(changed, 100.0)
        return max(changed, step)
