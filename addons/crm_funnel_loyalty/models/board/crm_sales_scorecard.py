from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Date

from ...services.targets import (
    get_months,
    get_percent,
    get_ranks,
    judge_kpi,
    shift,
)
from ...tools import local_date
from ..target.target_facts import TRAITS, Ask, TargetFacts


class CrmSalesBoard(models.AbstractModel):
    """Scorecard of a person and what the appraisal report prints (003.56, 003.57).

    SPECIFICATIONS
    - KPIs are those of the approved sales policy with their weights; without a policy,
      those that the person has targets for, all of the same weight.
    - SCORE: the rates by their weights; a KPI without a target is left out, and what it
      weighs is shared by the others.
    - MONTHS: revenue, orders and rate of each month of the period.
    - RIGHTS: the own one; a leader those of the team's members; managers all.

    COST: one statement for each metric, whatever the number of people and months.
    """

    _inherit = "crm.sales.board"

    @api.model
    def get_scorecard(self, user_id=False, period="year", day=False):
        """:param user_id: whose; the current user's if none
        :return: dict for the screen
        """
        self._check_salesperson()
        company = self.env.company
        today = local_date(self.env.cr.now(), company)
        first = self._get_first(period, day, today)
        user = self._get_person(user_id, company)
        span, before = self._get_spans(period, first, today)
        card = self._get_cards(user, company, period, first)[user.id]
        return {
            **self._prepare_period(period, first, today, before),
            **card,
            "currency_id": company.currency_id.id,
            "people": self._get_choices(company),
            "targets": self._get_target_rows(user, span),
        }

    def _get_person(self, user_id, company):
        # sudo: names are no secret; what may be seen of them is checked here
        user = self.env["res.users"].sudo().browse(int(user_id or self.env.uid))
        user = user.exists()
        if not user or company not in user.company_ids:
            raise UserError(self.env._("There is no such salesperson here."))
        if not self._may_see(user):
            raise AccessError(
                self.env._("You see your own scorecard and those of your team.")
            )
        return user

    def _get_choices(self, company):
        people = self._get_people(company) | self.env.user
        return [
            {"id": user.id, "name": user.name}
            for user in people.sorted("name")
            if self._may_see(user)
        ]

    def _get_target_rows(self, user, span):
        """The person's targets in the period, also those with traits."""
        # sudo: the right to see this person's figures was checked
        targets = (
            self.env["crm.sales.target"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.env.company.id),
                    ("user_id", "=", user.id),
                    ("date_from", ">=", span[0]),
                    ("date_from", "<", span[1]),
                ],
                order="date_from, metric, id",
            )
        )
        return [
            {
                "id": target.id,
                "name": target.display_name,
                "summary": target.summary,
                "rate": target.rate,
                "status": target.status,
            }
            for target in targets
        ]

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    def _get_cards(self, users, company, period, first):
        """:return: dict of user id to the card"""
        end = shift(period, first)
        months = get_months(first, end)
        today = local_date(self.env.cr.now(), company)
        targets = self._get_targets(company, period, first, "user_id")
        monthly = self._get_monthly_targets(company, first, end)
        weights = self._get_weights(company, first)
        asks = self._get_card_asks(
            users, company, (first, end), months, targets, weights
        )
        figures = TargetFacts(self.env).read_figures(list(asks.values()))
        figures = {key: figures[ask] for key, ask in asks.items()}
        places = self._get_places(company, (first, end))
        cards = {}
        for user in users:
            kpis = self._get_kpis(user, (first, end), targets, weights, figures)
            rows = [
                self._prepare_month(user, month, figures, monthly) for month in months
            ]
            rates = [
                row["rate"]
                for row, month in zip(rows, months, strict=True)
                if row["rate"] is not None and shift("month", month) <= today
            ]
            cards[user.id] = {
                "user_id": user.id,
                "name": user.name,
                "team": user.sale_team_id.name or "",
                "kpis": kpis,
                "score": self._get_score(kpis),
                "months": rows,
                "verdict": judge_kpi(rates).code,
                "rank": places.get(user.id),
                "people_count": len(places),
            }
        return cards

    def _get_weights(self, company, day):
        """:return: dict of metric to weight in percent; empty without a policy"""
        # sudo: what everybody is measured by is no secret
        policy = self.env["crm.sales.policy"].sudo()._get_for(company, day)
        return {kpi.metric: kpi.weight for kpi in policy.kpi_ids}

    def _get_metrics(self, user, targets, weights):
        if weights:
            return list(weights)
        own = [metric for user_id, metric in targets if user_id == user.id]
        order = list(dict(self.env["crm.sales.target"]._fields["metric"].selection))
        return sorted(set(own), key=order.index) or ["revenue", "orders"]

    def _get_card_asks(self, users, company, span, months, targets, weights):
        """:return: dict of (user id, metric, first day, day after) to ``Ask``"""
        spans = {span, *((month, shift("month", month)) for month in months)}
        bases = self.env["crm.sales.target"]._get_revenue_bases(
            {(company, begin) for begin, _end in spans}
        )
        asks = {}
        for user in users:
            wanted = [
                (metric, span) for metric in self._get_metrics(user, targets, weights)
            ]
            wanted += [
                (metric, (month, shift("month", month)))
                for metric in ("revenue", "orders")
                for month in months
            ]
            for metric, (begin, end) in wanted:
                asks[user.id, metric, begin, end] = Ask(
                    company.id, metric, bases[company, begin], begin, end, user.id
                )
        return asks

    def _get_kpis(self, user, span, targets, weights, figures):
        target_field = self.env["crm.sales.target"]._fields["metric"]
        labels = dict(target_field._description_selection(self.env))
        kpis = []
        for metric in self._get_metrics(user, targets, weights):
            achieved = figures[user.id, metric, *span]
            target = targets.get((user.id, metric), 0.0)
            kpis.append(
                {
                    "metric": metric,
                    "label": labels[metric],
                    "target": target,
                    "achieved": achieved,
                    "rate": get_percent(achieved, target) if target else None,
                    "weight": weights.get(metric, 0.0),
                }
            )
        counted = [kpi for kpi in kpis if kpi["target"]]
        for kpi in counted:
            kpi["weight"] = kpi["weight"] if weights else 1.0
        total = sum(kpi["weight"] for kpi in counted)
        for kpi in kpis:
            share = kpi["weight"] if kpi in counted else 0.0
            kpi["weight"] = get_percent(share, total)
        return kpis

    def _get_score(self, kpis):
        counted = [kpi for kpi in kpis if kpi["rate"] is not None]
        if not counted:
            return None
        return sum(kpi["rate"] * kpi["weight"] for kpi in counted) / 100

    def _get_monthly_targets(self, company, first, end):
        """:return: dict of (user id, first day) to the month's revenue target"""
        # sudo: the right to see the people's figures is checked by the callers
        targets = (
            self.env["crm.sales.target"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("period", "=", "month"),
                    ("metric", "=", "revenue"),
                    ("user_id", "!=", False),
                    ("date_from", ">=", first),
                    ("date_from", "<", end),
                    *((name, "=", False) for name in TRAITS),
                ]
            )
        )
        return {
            (target.user_id.id, target.date_from): target.target for target in targets
        }

    def _prepare_month(self, user, month, figures, monthly):
        end = shift("month", month)
        revenue = figures[user.id, "revenue", month, end]
        target = monthly.get((user.id, month), 0.0)
        rate = get_percent(revenue, target) if target else None
        return {
            "date": Date.to_string(month),
            "revenue": revenue,
            "orders": int(figures[user.id, "orders", month, end]),
            "target": target,
            "rate": rate,
        }

    def _get_places(self, company, span):
        """:return: dict of user id to the place by revenue"""
        figures = self._read_people(company, "revenue", [span])
        revenue = {user_id: figure for (_span, user_id), figure in figures.items()}
        people = {*self._get_people(company).ids, *revenue}
        ranks = get_ranks([revenue.get(user_id, 0.0) for user_id in people])
        return dict(zip(people, ranks, strict=True))
