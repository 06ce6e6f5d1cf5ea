"""Periods, shares and verdicts of targets: arithmetic only, no ORM.

The rules of the sanity board are those of capabilities 003.04 to 003.06.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

from dateutil.relativedelta import relativedelta

PERIOD_MONTHS = {"month": 1, "quarter": 3, "year": 12}

SUCCESS = 70.0
REACHED = 100.0
MAX_GAP = 300.0
INCOME_LOW, INCOME_HIGH = 3.0, 5.0
MIN_MONTHS = 3


def get_first_day(period, day):
    """Return the first day of the period that holds a day.

    >>> get_first_day("month", date(2026, 5, 31))
    datetime.date(2026, 5, 1)
    >>> get_first_day("quarter", date(2026, 5, 31))
    datetime.date(2026, 4, 1)
    >>> get_first_day("year", date(2026, 5, 31))
    datetime.date(2026, 1, 1)
    """
    months = PERIOD_MONTHS[period]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def shift(period, first, count=1):
    """Return the first day of the period so many periods later.

    >>> shift("quarter", date(2026, 10, 1))
    datetime.date(2027, 1, 1)
    >>> shift("month", date(2026, 1, 1), -1)
    datetime.date(2025, 12, 1)
    """
    return first + relativedelta(months=PERIOD_MONTHS[period] * count)


def get_months(first, end):
    """Return the first days of the months from ``first`` to before ``end``.

    >>> [month.month for month in get_months(date(2026, 10, 1), date(2027, 1, 1))]
    [10, 11, 12]
    """
    months = []
    while first < end:
        months.append(first)
        first = shift("month", first)
    return months


def get_monday(day):
    """Return the Monday of the week of a day.

    >>> get_monday(date(2026, 11, 29)), get_monday(date(2026, 11, 30))
    (datetime.date(2026, 11, 23), datetime.date(2026, 11, 30))
    """
    return day - timedelta(days=day.weekday())


def spread(total, weights, step):
    """Share a total out by weights, in whole steps; the last takes the remainder.

    No part is below zero, and they add up to the total exactly.

    >>> spread(100, [1, 1, 1], 1)
    [33.0, 33.0, 34.0]
    >>> spread(18, [1] * 12, 1)[-2:]
    [1.0, 7.0]
    >>> spread(10, [3, 1, 0], 0.01)
    [7.5, 2.5, 0.0]
    >>> spread(90, [0, 0, 0], 1)
    [30.0, 30.0, 30.0]
    """
    total, step = Decimal(str(total)), Decimal(str(step))
    weights = [Decimal(str(max(weight, 0))) for weight in weights]
    if not sum(weights):
        weights = [Decimal(1)] * len(weights)
    parts = []
    for weight in weights[:-1]:
        exact = total * weight / sum(weights)
        parts.append((exact / step).to_integral_value(ROUND_FLOOR) * step)
    return [float(part) for part in (*parts, total - sum(parts))]


def get_percent(part, whole):
    """Return a part in percent of the whole; of nothing it is nothing.

    >>> get_percent(35, 50), get_percent(1, 0)
    (70.0, 0.0)
    """
    return 100.0 * part / whole if whole else 0.0


def get_change(now, before):
    """Return the change in percent, or None where there was nothing before.

    >>> get_change(120, 100), get_change(0, 100), get_change(5, 0)
    (20.0, -100.0, None)
    """
    return 100.0 * (now - before) / abs(before) if before else None


def get_ranks(amounts):
    """Return the places by amount, the highest first; equals share a place.

    >>> get_ranks([10, 30, 30, 0])
    [3, 1, 1, 4]
    """
    ordered = sorted(amounts, reverse=True)
    return [ordered.index(amount) + 1 for amount in amounts]


@dataclass(frozen=True)
class Verdict:
    """What a rule of the sanity board says, and the figure that says it."""

    code: str
    figure: float | None = None


def judge_kpi(rates):
    """Whether a KPI is set right, by its rates of several months (003.04).

    70 % is a success. A KPI that is reached in every month is too low; one that is
    missed by more than 30 % in every month is too high.

    :param rates: percent reached in each month that is over

    >>> judge_kpi([72, 105, 64]).code
    'fine'
    >>> judge_kpi([100, 130, 111]).code, judge_kpi([69.9, 20, 0]).code
    ('too_low', 'too_high')
    >>> judge_kpi([100, 130]).code
    'too_few'
    """
    if len(rates) < MIN_MONTHS:
        return Verdict("too_few", float(len(rates)))
    figure = sum(rates) / len(rates)
    if min(rates) >= REACHED:
        return Verdict("too_low", figure)
    if max(rates) < SUCCESS:
        return Verdict("too_high", figure)
    return Verdict("fine", figure)


def judge_gap(revenues):
    """Whether the best sells at most three times what the last one does (003.05).

    >>> judge_gap([300, 150, 100])
    Verdict(code='fine', figure=300.0)
    >>> judge_gap([301, 100])
    Verdict(code='too_wide', figure=301.0)
    >>> judge_gap([10, 0]), judge_gap([10])
    (Verdict(code='nothing', figure=None), Verdict(code='too_few', figure=1.0))
    """
    if len(revenues) < 2 or max(revenues) <= 0:
        return Verdict("too_few", float(len(revenues)))
    if min(revenues) <= 0:
        return Verdict("nothing")
    figure = get_percent(max(revenues), min(revenues))
    return Verdict("too_wide" if figure > MAX_GAP else "fine", figure)


def judge_income(revenue, income):
    """Whether a person brings 3 to 5 times the own income (003.06).

    >>> judge_income(40, 10), judge_income(29, 10), judge_income(51, 10)
    ... # doctest: +NORMALIZE_WHITESPACE
    (Verdict(code='fine', figure=4.0), Verdict(code='too_low', figure=2.9),
     Verdict(code='too_high', figure=5.1))
    >>> judge_income(29, None).code
    'unknown'
    """
    if not income or income <= 0:
        return Verdict("unknown")
    figure = revenue / income
    if figure < INCOME_LOW:
        return Verdict("too_low", figure)
    if figure > INCOME_HIGH:
        return Verdict("too_high", figure)
    return Verdict("fine", figure)


def get_status(rate, pace, begun, over):
    """Where a target stands: 70 % is a success, 100 % is the aim.

    >>> get_status(0, 0, False, False), get_status(100, 300, True, False)
    ('upcoming', 'reached')
    >>> [get_status(50, pace, True, False) for pace in (100, 99, 69)]
    ['on_track', 'behind', 'far_behind']
    >>> get_status(70, 70, True, True), get_status(69, 69, True, True)
    ('passed', 'missed')
    """
    if not begun:
        return "upcoming"
    if rate >= REACHED:
        return "reached"
    if over:
        return "passed" if rate >= SUCCESS else "missed"
    if pace >= REACHED:
        return "on_track"
    return "behind" if pace >= SUCCESS else "far_behind"
