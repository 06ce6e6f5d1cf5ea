from bisect import bisect_right
from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_round, format_amount

from ...services.targets import get_percent, get_status
from ...tools import company_tz, local_date
from .target_facts import TRAITS, Ask, TargetFacts

STATUSES = [
    ("upcoming", "Not begun"),
    ("far_behind", "Far behind"),
    ("behind", "Behind"),
    ("on_track", "On track"),
    ("reached", "Reached"),
    ("passed", "Passed (70 %)"),
    ("missed", "Missed"),
]


class CrmSalesTarget(models.Model):
    """What has been achieved of a target, live from the documents.

    SPECIFICATIONS
    - ACHIEVED: see ``TargetFacts``. Revenue and quantity count on the day that the
      sales policy says: ordered, invoiced (a credit note in the period of its invoice)
      or collected; without a policy, ordered. Cancelled orders count for nothing.
    - RATE: achieved in percent of the target. 70 % is a success (003.04).
    - PACE: achieved in percent of what should be there by the end of today, measured in
      working days of the company's calendar; a conversion rate should always be there.
    - DRILL-DOWN: the documents that count, as far as the person may see them.

    COST: one statement for each metric, revenue basis and company, one for the policies
    and some for the calendar, whatever the number of targets, people and documents.
    """

    _inherit = "crm.sales.target"

    achieved = fields.Float(compute="_compute_achieved", digits=(16, 2))
    rate = fields.Float(string="Achieved (%)", compute="_compute_achieved")
    expected = fields.Float(
        string="Expected by Now", compute="_compute_achieved", digits=(16, 2)
    )
    pace = fields.Float(
        string="Pace (%)",
        compute="_compute_achieved",
        help="Of what should be achieved by the end of today, by working days. 100 % "
        "and more: the target will be reached at this speed.",
    )
    missing = fields.Float(string="To Go", compute="_compute_achieved", digits=(16, 2))
    status = fields.Selection(
        STATUSES, compute="_compute_achieved", search="_search_status"
    )
    summary = fields.Char(compute="_compute_summary")

    @api.model
    def _get_revenue_bases(self, pairs):
        """:param pairs: set of (company, date)
        :return: dict of pair to revenue basis
        """
        # sudo: when revenue counts must not depend on who asks
        policies = self.env["crm.sales.policy"].sudo()._get_for_all(pairs)
        return {pair: policy.basis or "ordered" for pair, policy in policies.items()}

    def _get_asks(self):
        """:return: dict of target to ``Ask``"""
        targets = self.filtered(lambda one: one.date_from and one.metric)
        bases = self._get_revenue_bases(
            {(one.company_id, one.date_from) for one in targets}
        )
        return {
            target: Ask(
                company_id=target.company_id.id,
                metric=target.metric,
                basis=bases[target.company_id, target.date_from],
                date_from=target.date_from,
                date_to=target._get_end(),
                user_id=target.user_id._origin.id or None,
                team_id=target.team_id._origin.id or None,
                **{name: target[name]._origin.id or None for name in TRAITS},
            )
            for target in targets
            if target.user_id or target.team_id
        }

    @api.depends(
        "company_id", "user_id", "team_id", "period", "date_from", "metric", "target"
    )
    @api.depends(*TRAITS)
    def _compute_achieved(self):
        asks = self._get_asks()
        figures = TargetFacts(self.env).read_figures(list(asks.values()))
        shares = self._get_shares()
        now = self.env.cr.now()
        for target in self:
            achieved = figures.get(asks.get(target), 0.0)
            achieved = float_round(achieved, precision_rounding=target._get_unit())
            share = shares.get(target, 0.0)
            expected = target.target * share
            if target.metric == "conversion" and share:
                expected = target.target
            target.achieved = achieved
            target.rate = get_percent(achieved, target.target)
            target.expected = float_round(
                expected, precision_rounding=target._get_unit()
            )
            target.pace = get_percent(achieved, expected)
            target.missing = max(target.target - achieved, 0.0)
            today = local_date(now, target.company_id or self.env.company)
            target.status = target.date_from and get_status(
                target.rate,
                target.pace,
                target.date_from <= today,
                target._get_end() <= today,
            )

    def _get_unit(self):
        return (self.currency_id.rounding or 1.0) if self.metric == "revenue" else 0.01

    @api.depends("achieved", "target")
    @api.depends_context("lang")
    def _compute_summary(self):
        for target in self:
            target.summary = self.env._(
                "%(achieved)s of %(target)s",
                achieved=target._format_figure(target.achieved),
                target=target._format_figure(target.target),
            )

    def _format_figure(self, figure):
        if self.metric == "revenue":
            return format_amount(self.env, figure, self.currency_id)
        text = self.env["ir.qweb.field.float"].value_to_html(
            figure, {"precision": 0 if float(figure).is_integer() else 2}
        )
        return f"{text} %" if self.metric == "conversion" else text

    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self.search([("company_id", "in", self.env.companies.ids)]).filtered(
            lambda target: target.status in value
        )
        return Domain("id", "in", found.ids)

    # ------------------------------------------------------------
    # WORKING DAYS
    # ------------------------------------------------------------

    def _get_shares(self):
        """:return: dict of target to the part of its working days up to today"""
        shares = {}
        dated = self.filtered("date_from")
        for company, targets in dated.grouped("company_id").items():
            company = company or self.env.company
            today = local_date(self.env.cr.now(), company)
            running = targets.filtered(
                lambda one, today=today: one.date_from <= today < one._get_end()
            )
            days = running and self._get_workdays(
                company,
                min(running.mapped("date_from")),
                max(one._get_end() for one in running),
            )
            for target in targets:
                if target in running:
                    shares[target] = target._get_share(days, today)
                else:
                    shares[target] = float(target.date_from <= today)
        return shares

    def _get_share(self, days, today):
        """:param days: sorted working days of a longer time"""
        before, until, whole = (
            bisect_right(days, day)
            for day in (
                self.date_from - timedelta(days=1),
                today,
                self._get_end() - timedelta(days=1),
            )
        )
        if whole == before:
            return 1.0
        return (until - before) / (whole - before)

    @api.model
    def _get_workdays(self, company, begin, end):
        """:return: sorted working days of the company's calendar, without its holidays;
        every day where it has no calendar"""
        # sudo: when the company works must not depend on who asks
        calendar = company.sudo().resource_calendar_id
        if not calendar:
            return [begin + timedelta(days=n) for n in range((end - begin).days)]
        tz = company_tz(company)
        start, stop = (
            tz.localize(datetime.combine(day, time.min)) for day in (begin, end)
        )
        intervals = calendar._work_intervals_batch(start, stop, tz=tz)[False]
        return sorted({interval[0].date() for interval in intervals})

    # ------------------------------------------------------------
    # DRILL-DOWN
    # ------------------------------------------------------------

    def action_open_documents(self):
        """Open what counts for the target, as far as the person may see it."""
        self.ensure_one()
        self.check_access("read")
        ask = self._get_asks()[self]
        rows = TargetFacts(self.env).read_documents(ask)
        if not rows:
            raise UserError(
                self.env._("Nothing counts for “%s” yet.", self.display_name)
            )
        if self.metric == "new_customers":
            model, ids = "res.partner", {partner for _m, _i, partner in rows}
        else:
            model, ids = rows[0][0], {number for _m, number, _p in rows}
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", sorted(ids))],
            "context": {"active_test": False, "create": False},
        }
