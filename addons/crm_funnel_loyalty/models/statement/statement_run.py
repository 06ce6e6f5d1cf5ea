"""One computation of the statements of a period."""

from collections import defaultdict

from odoo.exceptions import LockError

from ...services.commission import ZERO
from .statement_bonus import StatementBonus
from .statement_correction import StatementCorrection
from .statement_facts import StatementFacts
from .statement_pay import StatementPay
from .statement_periods import StatementPeriods
from .statement_store import StatementStore
from .statement_team import StatementTeam


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

    def run(self):
        """:return: the statements of the period, as superuser
        :raises LockError: when somebody else is computing them at this moment"""
        self._lock()
        self.periods = StatementPeriods(self.company, self.begin, self.end)
        sales = self._get_sales()
        lines = StatementPay(self.policy).get_lines(sales)
        corrected = StatementCorrection(self.policy, self.periods).get_lines()
        for owner, corrections in corrected.items():
            lines[owner] += corrections
        for line in StatementBonus(self.policy, self.begin, self.end).get_lines(sales):
            lines["user", line.user_id].append(line)
        store = StatementStore(self.policy, self.begin, self.end)
        store.ensure([*lines, *self._get_incomes()])
        team = StatementTeam(self.policy, self.begin, self.end, store)
        team.deal_out(lines, sales)
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

    def _get_incomes(self):
        """Who has a base income has a statement, even without a sale."""
        return [("user", income.user_id.id) for income in self.policy.income_ids]

    def _get_sales(self):
        return [
            sale
            for sale in StatementFacts(self.policy).read_sales(self.begin, self.end)
            if self.periods.find(sale) == self.begin
        ]

    def _get_revenue(self, sales):
        """:return: dict of owner to what the person, or the team's people, sold"""
        revenue = defaultdict(lambda: ZERO)
        for sale in sales:
            revenue["user", sale.user_id] += sale.base
            if sale.team_id:
                revenue["team", sale.team_id] += sale.base
        return revenue
