from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..models.target.target_facts import TargetFacts
from ..services.targets import get_months, shift, spread


class CrmSalesTargetSpread(models.TransientModel):
    """Spread a year's or a quarter's target over its months (003.40).

    SPECIFICATION
    - EQUALLY, or BY LAST YEAR: as the same months a year ago shared what was achieved;
      where nothing was, equally.
    - Whole units; the last month takes the remainder, so that the months add up to the
      whole exactly. A rate is the same in every month.
    - Months that have a target: they are replaced, or they stay and the others share
      what they leave.

    COST: one search, the figures of last year by ``TargetFacts``, one create and one
    write for each month that is replaced.
    """

    _name = "crm.sales.target.spread"
    _description = "Spread a Target"

    target_id = fields.Many2one(
        "crm.sales.target",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    method = fields.Selection(
        [("equal", "Equally"), ("last_year", "As last year's months")],
        default="equal",
        required=True,
    )
    present = fields.Selection(
        [
            ("keep", "Keep them, share out what they leave"),
            ("replace", "Replace them"),
        ],
        string="Months that Have a Target",
        default="keep",
        required=True,
    )
    has_present = fields.Boolean(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("target_id", "method", "present")
    def _compute_preview(self):
        for wizard in self:
            wizard.has_present = bool(wizard._get_present())
            try:
                shares = wizard._get_shares()
            except UserError as error:
                wizard.preview = Markup("<p class='text-danger'>%s</p>") % error.args[0]
                continue
            wizard.preview = wizard._get_preview(shares)

    def _get_preview(self, shares):
        target = self.target_id
        present = self._get_present() if self.present == "keep" else {}
        rows = Markup().join(
            Markup("<tr><td>%s</td><td class='text-end'>%s</td><td>%s</td></tr>")
            % (
                format_date(self.env, month, date_format="MM/yyyy"),
                target._format_figure(
                    present[month].target if month in present else shares[month]
                ),
                self.env._("there already") if month in present else "",
            )
            for month in self._get_months()
        )
        return Markup("<table class='table table-sm w-auto'>%s</table>") % rows

    def _get_months(self):
        return get_months(self.target_id.date_from, self.target_id._get_end())

    def _get_present(self):
        """:return: dict of first day to the same target of that month"""
        target = self.target_id
        months = self.env["crm.sales.target"].search(
            [
                ("company_id", "=", target.company_id.id),
                ("period", "=", "month"),
                ("date_from", "in", self._get_months()),
                ("metric", "=", target.metric),
                ("user_id", "=", target.user_id.id),
                ("team_id", "=", target.team_id.id),
            ]
        )
        return {
            month.date_from: month
            for month in months
            if month._get_key() == target._get_key(month.date_from, "month")
        }

    def _get_shares(self):
        """:return: dict of first day to the target of each month that gets one"""
        target, months = self.target_id, self._get_months()
        total = target.target
        if self.present == "keep":
            present = self._get_present()
            months = [month for month in months if month not in present]
            total -= sum(one.target for one in present.values())
        if target.metric == "conversion":
            return dict.fromkeys(months, target.target)
        if not months:
            raise UserError(
                self.env._("Every month has a target already. Choose to replace them.")
            )
        if target.currency_id.compare_amounts(total, 0) <= 0:
            raise UserError(
                self.env._(
                    "The months that have a target already ask for the whole of it. "
                    "Choose to replace them, or raise the target."
                )
            )
        weights = self._get_weights(months)
        return dict(
            zip(months, spread(total, weights, target._get_step()), strict=True)
        )

    def _get_weights(self, months):
        """Sums are shared out by what each month brought a year ago."""
        if self.method == "equal":
            return [1] * len(months)
        target = self.target_id
        ask = target._get_asks()[target]
        before = [shift("year", month, -1) for month in months]
        bases = target._get_revenue_bases({(target.company_id, one) for one in before})
        asks = [
            ask._replace(
                basis=bases[target.company_id, one],
                date_from=one,
                date_to=shift("month", one),
            )
            for one in before
        ]
        figures = TargetFacts(self.env).read_figures(asks)
        return [figures[ask] for ask in asks]

    def action_spread(self):
        """Make the months' targets and show them."""
        self.ensure_one()
        target = self.target_id
        if target.period not in target._get_spreadable_periods():
            raise UserError(self.env._("A month is not spread any further."))
        shares, present = self._get_shares(), self._get_present()
        for month, share in shares.items():
            if month in present and share > 0:
                present[month].target = share
            elif month in present:
                present[month].unlink()
        self.env["crm.sales.target"].create(
            [
                target._prepare_copy_values("month", month, share)
                for month, share in shares.items()
                if month not in present and share > 0
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "name": target.display_name,
            "res_model": "crm.sales.target",
            "view_mode": "list,kanban,form",
            "domain": [("id", "in", [one.id for one in self._get_present().values()])],
        }
