from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Date
from odoo.tools import format_date

from ...groups import SALES_MANAGER
from ...services.targets import (
    SUCCESS,
    get_first_day,
    get_months,
    get_percent,
    judge_gap,
    judge_income,
    judge_kpi,
    shift,
)
from ...tools import local_date

MAX_MONTHS = 24


class CrmSalesBoard(models.AbstractModel):
    """The sanity board: are the rules of the sales department right? (N6)

    SPECIFICATIONS
    - MONTHS that are over, six of them if nothing else is asked for.
    - KPI (003.04): 70 % is a success. A KPI (a person's or a team's monthly target with
      its traits) that is reached in every month is too low; one that stays below 70 %
      in every month is too high. Less than three months say nothing.
    - GAP (003.05): the best sells at most 300 % of what the last one does, in each
      month and over all. It is between those who sold or have a revenue target.
    - INCOME (003.06): revenue is 3 to 5 times the income, over the months of which the
      income is known.
    - Each verdict comes with its figures, its people and what to do about it. Only
      sales managers see it: it shows what people earn.

    COST: the figures of the targets, one statement for revenue and two searches for the
    income, whatever the number of people and months.
    """

    _inherit = "crm.sales.board"

    @api.model
    def get_sanity(self, day=False, months=6):
        """:param day: any day of the last month; last month if none
        :param months: how many months
        :return: dict for the screen
        """
        if not self.env.user.has_group(SALES_MANAGER):
            raise AccessError(self.env._("Only sales managers see the sanity board."))
        company = self.env.company
        today = local_date(self.env.cr.now(), company)
        this_month = get_first_day("month", today)
        count = min(max(int(months), 1), MAX_MONTHS)
        last = shift("month", this_month, -1)
        if day:
            last = min(self._get_first("month", day, today), last)
        end = shift("month", last)
        firsts = get_months(shift("month", end, -count), end)
        revenue = self._get_month_revenue(company, firsts)
        return {
            "date_from": Date.to_string(firsts[0]),
            "last": Date.to_string(last),
            "months": [
                format_date(self.env, month, date_format="MM/yy") for month in firsts
            ],
            "count": count,
            "previous": Date.to_string(shift("month", last, -1)),
            "next": Date.to_string(end),
            "has_next": end < this_month,
            "currency_id": company.currency_id.id,
            "kpis": self._get_kpi_rows(company, firsts),
            "gap": self._get_gap(company, firsts, revenue),
            "incomes": self._get_income_rows(company, firsts, revenue),
        }

    # ------------------------------------------------------------
    # 70 %
    # ------------------------------------------------------------

    def _get_kpi_rows(self, company, firsts):
        targets = self.env["crm.sales.target"].search(
            [
                ("company_id", "=", company.id),
                ("period", "=", "month"),
                ("date_from", "in", firsts),
            ]
        )
        rows = []
        for months in targets.grouped(lambda one: one._get_key(firsts[0])).values():
            rates = {target.date_from: target.rate for target in months}
            verdict = judge_kpi(list(rates.values()))
            rows.append(
                {
                    "id": months[0].id,
                    "name": months[0]._get_label(),
                    "rates": [rates.get(first) for first in firsts],
                    "successes": sum(rate >= SUCCESS for rate in rates.values()),
                    "code": verdict.code,
                    "advice": self._get_kpi_advice(verdict, months, rates),
                }
            )
        order = ("too_high", "too_low", "fine", "too_few")
        return sorted(rows, key=lambda row: (order.index(row["code"]), row["name"]))

    def _get_kpi_advice(self, verdict, targets, rates):
        count = len(rates)
        mean = round(sum(rates.values()) / count)
        if verdict.code == "too_low":
            return self.env._(
                "Reached in all %(count)s months (%(mean)s %% on average): the KPI is "
                "too low. Raise it so that about 70 %% of it is a good month.",
                count=count,
                mean=mean,
            )
        if verdict.code == "too_high":
            return self.env._(
                "Below 70 %% in all %(count)s months (%(mean)s %% on average): the KPI "
                "is too high, or something blocks the sale. Look for the cause, then "
                "lower it to what can be reached.",
                count=count,
                mean=mean,
            )
        if verdict.code == "too_few":
            return self.env._("Too early to say: three months are needed.")
        return self.env._(
            "Success in %(good)s of %(count)s months: the KPI is right.",
            good=sum(rate >= SUCCESS for rate in rates.values()),
            count=count,
        )

    # ------------------------------------------------------------
    # 300 %
    # ------------------------------------------------------------

    def _get_month_revenue(self, company, firsts):
        """:return: dict of (first day, user id) to revenue"""
        spans = [(first, shift("month", first)) for first in firsts]
        figures = self._read_people(company, "revenue", spans)
        return {(span[0], user): figure for (span, user), figure in figures.items()}

    def _get_gap(self, company, firsts, revenue):
        monthly = self._get_monthly_targets(
            company, firsts[0], shift("month", firsts[-1])
        )
        sellers = {user for _first, user in revenue} | {user for user, _m in monthly}
        totals = {
            user: sum(revenue.get((first, user), 0.0) for first in firsts)
            for user in sellers
        }
        verdict = judge_gap(list(totals.values()))
        # sudo: a colleague's name is no secret
        people = (
            self.env["res.users"]
            .sudo()
            .browse(totals)
            .sorted(lambda user: -totals[user.id])
        )
        months = []
        for first in firsts:
            at_work = {user for user in sellers if (first, user) in revenue} | {
                user for user, month in monthly if month == first
            }
            month = judge_gap([revenue.get((first, user), 0.0) for user in at_work])
            months.append({"figure": month.figure, "code": month.code})
        return {
            "code": verdict.code,
            "figure": verdict.figure,
            "months": months,
            "people": [
                {
                    "id": user.id,
                    "name": user.name,
                    "revenue": totals[user.id],
                    "share": get_percent(totals[user.id], max(totals.values())),
                }
                for user in people
            ],
            "advice": self._get_gap_advice(verdict, people),
        }

    def _get_gap_advice(self, verdict, people):
        if verdict.code == "too_few":
            return self.env._("There is nobody to compare: two people have to sell.")
        best, last = people[0].name, people[-1].name
        if verdict.code == "nothing":
            return self.env._(
                "%(last)s has sold nothing while %(best)s leads. Find out why: new "
                "in the job, no leads, or on leave? Train, share leads, or change the "
                "task.",
                best=best,
                last=last,
            )
        if verdict.code == "too_wide":
            return self.env._(
                "%(best)s sells %(figure)s %% of what %(last)s does; up to 300 %% is "
                "reasonable. Look at how leads are shared out, let the best one show "
                "how it is done, and coach the last ones.",
                best=best,
                last=last,
                figure=round(verdict.figure),
            )
        return self.env._(
            "%(best)s sells %(figure)s %% of what %(last)s does: a healthy distance.",
            best=best,
            last=last,
            figure=round(verdict.figure),
        )

    # ------------------------------------------------------------
    # 3 TO 5 TIMES
    # ------------------------------------------------------------

    def _get_income_rows(self, company, firsts, revenue):
        sellers = {user for _first, user in revenue}
        # sudo: a colleague's name is no secret
        people = self._get_people(company) | self.env["res.users"].sudo().browse(
            sellers
        )
        incomes = self._get_income(company, people, firsts)
        rows = []
        for user in people:
            known = [first for first in firsts if (user.id, first) in incomes]
            income = sum(incomes[user.id, first] for first in known)
            sold = sum(revenue.get((first, user.id), 0.0) for first in known or firsts)
            verdict = judge_income(sold, income)
            rows.append(
                {
                    "id": user.id,
                    "name": user.name,
                    "revenue": sold,
                    "income": income,
                    "months": len(known),
                    "times": verdict.figure,
                    "code": verdict.code,
                    "advice": self._get_income_advice(verdict),
                }
            )
        order = ("too_low", "too_high", "fine", "unknown")
        return sorted(rows, key=lambda row: (order.index(row["code"]), row["name"]))

    def _get_income_advice(self, verdict):
        return {
            "too_low": self.env._(
                "Brings less than three times the income: sells too little for what "
                "the person costs. Coach, give better leads, or make more of the pay "
                "variable."
            ),
            "too_high": self.env._(
                "Brings more than five times the income: the person earns little for "
                "what is sold and may leave. Check the upper bands of the commission."
            ),
            "unknown": self.env._(
                "The income is not known: enter the base income in the sales policy."
            ),
            "fine": self.env._("Three to five times the income: as it should be."),
        }[verdict.code]

    @api.model
    def _get_income(self, company, users, months):
        """What people earn: the base income of the sales policy and the statements.

        A quarter's statement is shared equally by its months.

        :param months: their first days
        :return: dict of (user id, first day) to the income, without what is not known
        """
        # sudo: only sales managers get here, who read policies and statements anyway
        policies = self.env["crm.sales.policy"].sudo()
        pairs = {(company, month) for month in months}
        incomes = {}
        for (_company, month), policy in policies._get_for_all(pairs).items():
            for base in policy.income_ids:
                if base.user_id in users:
                    incomes[base.user_id.id, month] = base.amount
        statements = (
            self.env["crm.sales.statement"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("user_id", "in", users.ids),
                    ("date_to", ">=", months[0]),
                    ("date_from", "<", shift("month", months[-1])),
                ]
            )
        )
        for statement in statements:
            covered = get_months(statement.date_from, statement.date_to)
            for month in covered:
                key = (statement.user_id.id, month)
                if month in months:
                    share = statement.total / len(covered)
                    incomes[key] = incomes.get(key, 0.0) + share
        return incomes
