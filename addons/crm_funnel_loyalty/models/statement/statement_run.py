"""One computation of the statements of a period."""

from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo.exceptions import LockError

from ...services.commission import ZERO, to_decimal
from .statement_bonus import StatementBonus
from .statement_facts import Sale, StatementFacts
from .statement_pay import (
    DOCUMENT_KINDS,
    Line,
    StatementPay,
    correct,
)
from .statement_store import StatementStore
from .statement_team import StatementTeam

# How far back closed periods are compared with what their documents say today.
LOOK_BACK = relativedelta(months=12)


class StatementRun:
    """Computes the drafts of one company and period.

    1. what was sold in the period, 2. what changed in closed periods, 3. bonuses,
    4. what teams deal out, 5. the difference to what is stored is written.

    COST: queries in proportion to the versions of the policy that the look back
    meets, none in proportion to people, periods or documents.
    """

    def __init__(self, policy, begin, end):
        self.policy = policy
        self.env = policy.env
        self.company = policy.company_id
        self.begin = begin
        self.end = end
        self.step = to_decimal(policy.currency_id.rounding)

    def run(self):
        """:return: the statements of the period, as superuser
        :raises LockError: when somebody else is computing them at this moment"""
        self._lock()
        self._read_statements()
        sales = self._get_sales()
        lines = StatementPay(self.policy).get_lines(sales)
        for owner, corrections in self._get_corrections().items():
            lines[owner] += corrections
        for line in StatementBonus(self.policy, self.begin, self.end).get_lines(sales):
            lines["user", line.user_id].append(line)
        store = StatementStore(self.policy, self.begin, self.end)
        store.ensure([*lines, *self._get_incomes()])
        StatementTeam(self.policy, store).deal_out(lines, sales)
        store.store(lines, self._get_revenue(sales))
        return store.statements

    def _lock(self):
        if not self.policy.try_lock_for_update(allow_referencing=True):
            raise LockError(
                self.env._(
                    "These statements are being computed at this moment. Try again in "
                    "a minute."
                )
            )

    # ------------------------------------------------------------------
    # What is there
    # ------------------------------------------------------------------

    def _read_statements(self):
        """Learn which periods have statements, and which owners are closed there."""
        statements = self.env["crm.sales.statement"].search(
            [
                ("company_id", "=", self.company.id),
                ("date_from", ">=", self.begin - LOOK_BACK),
                ("date_from", "<", self.begin),
            ]
        )
        self.periods = defaultdict(self.env["crm.sales.statement"].browse)
        for statement in statements:
            self.periods[statement.date_from] |= statement

    def _get_incomes(self):
        """Who has a base income has a statement, even without a sale."""
        return [("user", income.user_id.id) for income in self.policy.income_ids]

    # ------------------------------------------------------------------
    # Sales
    # ------------------------------------------------------------------

    def _get_sales(self):
        return [
            sale
            for sale in StatementFacts(self.policy).read_sales(self.begin, self.end)
            if self._get_period(self.policy, sale) == self.begin
        ]

    def _get_revenue(self, sales):
        """:return: dict of owner to what the person, or the team's people, sold"""
        revenue = defaultdict(lambda: ZERO)
        for sale in sales:
            revenue["user", sale.user_id] += sale.base
            if sale.team_id:
                revenue["team", sale.team_id] += sale.base
        return revenue

    def _get_period(self, policy, sale):
        """First day of the period in which a sale is booked: its home, or, where there
        have never been statements (or too long ago), when it happened."""
        home = policy._get_bounds(sale.home)[0]
        if home == self.begin or home in self.periods:
            return home
        return policy._get_bounds(sale.date)[0]

    # ------------------------------------------------------------------
    # Corrections
    # ------------------------------------------------------------------

    def _get_corrections(self):
        """:return: dict of owner to correction lines"""
        closed = {
            day: statements
            for day, statements in self.periods.items()
            if any(statement.state != "draft" for statement in statements)
        }
        if not closed:
            return {}
        known = self._get_known(closed)
        corrections = defaultdict(list)
        for policy, days in self._group_by_policy(closed).items():
            sales = self._read_closed(policy, days)
            pay = StatementPay(policy)
            for day in days:
                now = pay.get_lines(sales[day])
                open_owners = self._get_open_owners(closed[day])
                for owner in sorted({*now, *known[day]} - open_owners):
                    corrections[owner] += correct(
                        now.get(owner, ()), known[day][owner], day, self.step
                    )
        return corrections

    def _group_by_policy(self, closed):
        groups = defaultdict(list)
        for day, statements in sorted(closed.items()):
            groups[statements[0].policy_id].append(day)
        return groups

    def _read_closed(self, policy, days):
        """:return: dict of first day to the sales that are booked there today"""
        sales = defaultdict(list)
        end = policy._get_bounds(max(days))[1]
        for sale in StatementFacts(policy).read_sales(min(days), end):
            sales[self._get_period(policy, sale)].append(sale)
        return sales

    def _get_open_owners(self, statements):
        return {
            statement._get_owner()
            for statement in statements
            if statement.state == "draft"
        }

    def _get_known(self, closed):
        """What was booked for closed periods: dict of day to dict of owner to lines."""
        known = defaultdict(lambda: defaultdict(list))
        lines = self.env["crm.sales.statement.line"]
        own = lines.search(
            [
                ("company_id", "=", self.company.id),
                ("statement_id.state", "!=", "draft"),
                ("statement_id.date_from", "in", list(closed)),
                ("kind", "in", DOCUMENT_KINDS),
            ],
            order="id",
        )
        later = lines.search(
            [
                ("company_id", "=", self.company.id),
                ("kind", "=", "correction"),
                ("origin_date", "in", list(closed)),
                ("statement_id.date_from", "!=", self.begin),
                "|",
                ("statement_id.state", "!=", "draft"),
                ("statement_id.date_from", "<", self.begin),
            ],
            order="id",
        )
        for line in (*own, *later):
            day = line.origin_date or line.statement_id.date_from
            owner = line.statement_id._get_owner()
            known[day][owner].append(self._get_known_line(line))
        return known

    def _get_known_line(self, line):
        base = to_decimal(line.base)
        sale = Sale(
            line.user_id.id,
            line.team_id.id or None,
            line.res_model,
            line.res_id,
            line.date,
            line.date,
            line.partner_id.id or None,
            line.rate_id.id or None,
            base,
        )
        kind = line.origin_kind or line.kind
        return Line(kind, to_decimal(line.amount), base, sale, line.user_id.id)
