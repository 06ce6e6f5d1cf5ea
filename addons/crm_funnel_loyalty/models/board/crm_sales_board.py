from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Date, Domain

from ...groups import ALL_DOCUMENTS, SALES
from ...services.targets import (
    PERIOD_MONTHS,
    get_change,
    get_first_day,
    get_percent,
    get_ranks,
    shift,
)
from ...tools import local_date
from ..target.target_facts import TRAITS, Ask, TargetFacts


class CrmSalesBoard(models.AbstractModel):
    """The public board: what everybody has sold (003.01, 003.02).

    SPECIFICATIONS
    - PUBLIC: every salesperson sees the figures of all, and nothing but figures: no
      customer and no document.
    - PEOPLE: the members of the company's sales teams, and whoever sold in the period.
    - REVENUE AND ORDERS as for targets, for a month, a quarter or a year.
    - RATE: of the person's revenue target without traits in that period; where there is
      none, of the sum of those of the shorter periods in it.
    - RANK by revenue; equals share a place.
    - TREND: against the period before, as far as the present one has come: the tenth of
      a month is compared with the tenth of the month before.

    COST: two statements for revenue and orders and some searches, whatever the number
    of people, teams and documents.
    """

    _name = "crm.sales.board"
    _description = "Sales Board"

    # ------------------------------------------------------------
    # LEADERBOARD
    # ------------------------------------------------------------

    @api.model
    def get_leaderboard(self, period="month", day=False):
        """:param period: ``month``, ``quarter`` or ``year``
        :param day: any day of the period, today if none
        :return: dict for the screen
        """
        self._check_salesperson()
        company = self.env.company
        today = local_date(self.env.cr.now(), company)
        first = self._get_first(period, day, today)
        span, before = self._get_spans(period, first, today)
        people = self._get_people(company)
        revenue, orders = self._get_sales(company, span, before)
        sellers = {user_id for _span, user_id in revenue | orders}
        # sudo: a colleague's name and picture are no secret
        people |= self.env["res.users"].sudo().browse(sellers)
        targets = self._get_targets(company, period, first, "user_id")
        rows = [
            self._prepare_row(user, span, before, revenue, orders, targets)
            for user in people.with_context(active_test=False)
        ]
        self._rank(rows)
        return {
            **self._prepare_period(period, first, today, before),
            "rows": sorted(rows, key=lambda row: (row["rank"], row["name"])),
            "teams": self._get_team_rows(company, period, first, span),
            "currency_id": company.currency_id.id,
            "is_manager": self._is_manager(),
        }

    def _prepare_row(self, user, span, before, revenue, orders, targets):
        amount = revenue.get((span, user.id), 0.0)
        earlier = revenue.get((before, user.id), 0.0)
        target = targets.get((user.id, "revenue"), 0.0)
        return {
            "user_id": user.id,
            "name": user.name,
            "team": user.sale_team_id.name or "",
            "is_me": user.id == self.env.uid,
            "can_open": self._may_see(user),
            "revenue": amount,
            "before": earlier,
            "orders": int(orders.get((span, user.id), 0)),
            "target": target,
            "rate": get_percent(amount, target) if target else None,
            "change": get_change(amount, earlier),
        }

    def _rank(self, rows):
        ranks = get_ranks([row["revenue"] for row in rows])
        earlier = get_ranks([row["before"] for row in rows])
        for row, rank, before in zip(rows, ranks, earlier, strict=True):
            row.update(rank=rank, climbed=before - rank)
            if not row["before"]:
                row["climbed"] = 0

    def _get_sales(self, company, *spans):
        """:return: revenue and orders, dicts of (span, user id) to figure"""
        return [
            self._read_people(company, metric, spans)
            for metric in ("revenue", "orders")
        ]

    def _read_people(self, company, metric, spans):
        """:return: dict of (span, user id) to figure, of everybody who has one"""
        asks = self._get_asks(company, metric, spans)
        answers = TargetFacts(self.env).read_people(list(asks))
        return {
            (asks[ask], user_id): figure for (ask, user_id), figure in answers.items()
        }

    def _get_asks(self, company, metric, spans):
        """:return: dict of ``Ask`` for everybody to its span of days"""
        bases = self.env["crm.sales.target"]._get_revenue_bases(
            {(company, begin) for begin, _end in spans}
        )
        return {
            Ask(company.id, metric, bases[company, begin], begin, end): (begin, end)
            for begin, end in spans
        }

    def _get_team_rows(self, company, period, first, span):
        # sudo: the names and figures of the teams are public to salespeople
        teams = (
            self.env["crm.team"]
            .sudo()
            .search(Domain("company_id", "in", (company.id, False)), limit=200)
        )
        [everybody] = self._get_asks(company, "revenue", [span])
        asks = {team: everybody._replace(team_id=team.id) for team in teams}
        figures = TargetFacts(self.env).read_figures(list(asks.values()))
        targets = self._get_targets(company, period, first, "team_id")
        rows = []
        for team, ask in asks.items():
            amount, target = figures[ask], targets.get((team.id, "revenue"), 0.0)
            if amount or target:
                rows.append(
                    {
                        "team_id": team.id,
                        "name": team.name,
                        "revenue": amount,
                        "target": target,
                        "rate": get_percent(amount, target) if target else None,
                    }
                )
        return sorted(rows, key=lambda row: -row["revenue"])

    # ------------------------------------------------------------
    # PERIODS
    # ------------------------------------------------------------

    @api.model
    def _get_first(self, period, day, today):
        if period not in PERIOD_MONTHS:
            raise UserError(self.env._("Choose a month, a quarter or a year."))
        try:
            day = Date.to_date(day) if day else today
        except ValueError:
            raise UserError(self.env._("“%s” is no day.", day)) from None
        return get_first_day(period, day)

    @api.model
    def _get_spans(self, period, first, today):
        """:return: the period and as much of the one before, as (day, day after)"""
        end, earlier = shift(period, first), shift(period, first, -1)
        until = first
        if first <= today < end:
            until = min(earlier + (today - first) + timedelta(days=1), first)
        return (first, end), (earlier, until)

    def _prepare_period(self, period, first, today, before):
        return {
            "period": period,
            "date_from": Date.to_string(first),
            "date_to": Date.to_string(shift(period, first) - timedelta(days=1)),
            "previous": Date.to_string(shift(period, first, -1)),
            "next": Date.to_string(shift(period, first)),
            "has_next": shift(period, first) <= today,
            "before_from": Date.to_string(before[0]),
            "before_to": Date.to_string(before[1] - timedelta(days=1)),
        }

    # ------------------------------------------------------------
    # TARGETS OF A PERIOD
    # ------------------------------------------------------------

    @api.model
    def _get_targets(self, company, period, first, owner):
        """:return: dict of (owner's id, metric) to the target without traits of the
        period, else to what those of the shorter periods in it add up to; a rate is
        their mean
        """
        # sudo: how much somebody is to reach is public on the board, see above
        rows = (
            self.env["crm.sales.target"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", company.id),
                    (owner, "!=", False),
                    ("date_from", ">=", first),
                    ("date_from", "<", shift(period, first)),
                    *((name, "=", False) for name in TRAITS),
                ],
                [owner, "metric", "period"],
                ["target:sum", "target:avg"],
            )
        )
        found = {}
        for record, metric, length, total, mean in rows:
            if PERIOD_MONTHS[length] <= PERIOD_MONTHS[period]:
                figure = mean if metric == "conversion" else total
                found.setdefault((record.id, metric), {})[length] = figure
        return {
            key: figures[max(figures, key=PERIOD_MONTHS.get)]
            for key, figures in found.items()
        }

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    @api.model
    def _get_people(self, company):
        return self.env["crm.sales.weekly.report"]._get_reporters(company)

    def _check_salesperson(self):
        if not self.env.user.has_group(SALES):
            raise AccessError(self.env._("The sales board is for salespeople."))

    def _is_manager(self):
        return self.env.user.has_group(ALL_DOCUMENTS)

    def _may_see(self, user):
        """Whether the current user may open the person's scorecard."""
        # sudo: borrows the right to see who leads the person's teams
        leaders = user.sudo().crm_team_ids.user_id
        return user.id == self.env.uid or self.env.user in leaders or self._is_manager()
