"""In which period's statements a sale is booked."""

from bisect import bisect_right
from collections import defaultdict
from datetime import timedelta

from dateutil.relativedelta import relativedelta

# How far back closed periods are compared with what their documents say today.
LOOK_BACK = relativedelta(months=12)


class StatementPeriods:
    """The periods of one company that have statements, and the one being computed.

    They are taken as they are stored, not from a policy: the policy of another year may
    count by other periods, and each sale must be booked in one only.

    COST: one query.
    """

    def __init__(self, company, begin, end):
        self.begin = begin
        statements = company.env["crm.sales.statement"]
        self.statements = defaultdict(statements.browse)
        self.spans = {}
        # twice as far: a correction of the first period may itself be a year old
        for statement in statements.search(
            [
                ("company_id", "=", company.id),
                ("date_from", ">=", begin - 2 * LOOK_BACK),
            ]
        ):
            self.statements[statement.date_from] |= statement
            self.spans[statement.date_from] = statement.date_to
        self.spans[begin] = end - timedelta(days=1)
        self.days = sorted(self.spans)

    def get_closed(self):
        """:return: dict of first day to the statements of a period that is looked back
        at, where one of them is closed"""
        return {
            day: statements
            for day, statements in sorted(self.statements.items())
            if self.begin - LOOK_BACK <= day < self.begin
            and any(statement.state != "draft" for statement in statements)
        }

    def get_end(self, day):
        """:return: the day after the period that begins on ``day``"""
        return self.spans[day] + timedelta(days=1)

    def find(self, sale):
        """:return: first day of the period in which a sale is booked: its home, or,
        where there have never been statements (or too long ago when it happened), when
        it happened; None where no statements are"""
        happened = self._find(sale.date)
        home = self._find(sale.home)
        if home and home >= (happened or sale.date) - LOOK_BACK:
            return home
        return happened

    def _find(self, day):
        index = bisect_right(self.days, day) - 1
        if index >= 0 and day <= self.spans[self.days[index]]:
            return self.days[index]
        return None
