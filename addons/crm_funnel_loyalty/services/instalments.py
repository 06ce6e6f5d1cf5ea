"""Parts of an amount that always add up to the whole: arithmetic only, no ORM.

The source of the rules is capability 004.24 of the specification: parts are rounded
down to the currency's smallest unit and the last one takes what remains.
"""

import re

from dateutil.relativedelta import relativedelta

PERCENT_TOLERANCE = 0.005
UNITS = ("months", "weeks", "days")


class PlanError(ValueError):
    """An amount cannot be split that way; ``kind`` says why."""

    def __init__(self, kind):
        super().__init__(kind)
        self.kind = kind


def split_equally(total, count, rounding):
    """Split into ``count`` equal parts.

    >>> split_equally(100, 3, 0.01)
    [33.33, 33.33, 33.34]
    >>> split_equally(10000000, 3, 1)
    [3333333.0, 3333333.0, 3333334.0]
    >>> split_equally(5, 1, 1)
    [5.0]

    :raises PlanError: ``few`` when a part would be nothing
    """
    return split_by_weight(total, [1] * count, rounding)


def split_by_percent(total, percents, rounding):
    """Split by percentages that make up the whole.

    >>> split_by_percent(48000000, [30, 30, 40], 1)
    [14400000.0, 14400000.0, 19200000.0]
    >>> split_by_percent(0.1, [33.33, 33.33, 33.34], 0.01)
    [0.03, 0.03, 0.04]
    >>> split_by_percent(100, [50, 40], 0.01)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    PlanError: percent

    :raises PlanError: ``percent`` when they do not make up 100
    """
    if abs(sum(percents) - 100) > PERCENT_TOLERANCE:
        raise PlanError("percent")
    return split_by_weight(total, percents, rounding)


def split_by_weight(total, weights, rounding):
    """Split in proportion to the weights.

    >>> split_by_weight(100, [1, 2], 0.05)
    [33.3, 66.7]
    >>> split_by_weight(2, [1, 1, 1], 1)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    PlanError: few

    :raises PlanError: ``none`` without a part, ``few`` when a part would be nothing
    """
    if not weights:
        raise PlanError("none")
    units = round(total / rounding)
    whole = sum(weights)
    parts = [int(units * weight / whole + 1e-9) for weight in weights[:-1]]
    parts.append(units - sum(parts))
    if min(parts) <= 0:
        raise PlanError("few")
    return [to_amount(part, rounding) for part in parts]


def split_around(total, fixed, rounding):
    """Parts of which some are agreed on; the others (0) share the rest equally.

    >>> split_around(100, [50, 0, 0], 0.01)
    [50.0, 25.0, 25.0]
    >>> split_around(10000000, [0, 2500000, 0], 1)
    [3750000.0, 2500000.0, 3750000.0]

    When all are agreed on, the last one takes the remainder all the same.

    >>> split_around(100, [50, 20, 20], 0.01)
    [50.0, 20.0, 30.0]
    >>> split_around(100, [50, 50, 0], 0.01)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    PlanError: much

    :raises PlanError: ``none`` without a part, ``nothing`` for a negative one, ``much``
        when nothing is left for the others, ``few`` when one would be nothing
    """
    if not fixed:
        raise PlanError("none")
    if min(fixed) < 0:
        raise PlanError("nothing")
    parts = list(fixed)
    if all(parts):
        parts[-1] = 0
    rest = take_remainder(total, [part for part in parts if part], rounding)
    shares = iter(split_by_weight(rest, [1] * parts.count(0), rounding))
    return [float(part) if part else next(shares) for part in parts]


def take_remainder(total, others, rounding):
    """What is left for the last part.

    >>> take_remainder(100, [33.33, 33.33], 0.01)
    33.34

    :raises PlanError: ``much`` when nothing is left
    """
    units = round(total / rounding) - sum(round(part / rounding) for part in others)
    if units <= 0:
        raise PlanError("much")
    return to_amount(units, rounding)


def convert_parts(parts, rate, rounding):
    """The parts in another currency; they add up to the whole in it, too.

    >>> convert_parts([33.33, 33.33, 33.34], 25000, 1)
    [833250.0, 833250.0, 833500.0]
    >>> convert_parts([1, 1, 1], 0.333, 0.01)
    [0.33, 0.34, 0.33]
    """
    converted = []
    done = 0
    so_far = 0.0
    for part in parts:
        so_far += part
        units = round(so_far * rate / rounding)
        converted.append(to_amount(units - done, rounding))
        done = units
    return converted


def to_amount(units, rounding):
    """A number of smallest units as an amount.

    >>> to_amount(3334, 0.01)
    33.34
    >>> to_amount(7, 0.05)
    0.35
    """
    return round(float(units * rounding), 6)


def parse_percents(text):
    """Read percentages as people type them.

    >>> parse_percents("30/30/40")
    [30.0, 30.0, 40.0]
    >>> parse_percents("33.33%; 33,33 % ; 33.34")
    [33.33, 33.33, 33.34]
    >>> parse_percents("30, 30, 40")
    [30.0, 30.0, 40.0]
    >>> parse_percents("half")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    PlanError: text

    :raises PlanError: ``text`` when it cannot be read
    """
    plain = re.sub(r"\s*%\s*", " ", text or "").strip()
    pieces = re.split(r"\s*[/;+|]\s*|,\s+|\s+", plain)
    try:
        percents = [float(piece.strip().replace(",", ".")) for piece in pieces]
    except ValueError as error:
        raise PlanError("text") from error
    if min(percents) <= 0:
        raise PlanError("text")
    return percents


def plan_dates(first, count, every, unit):
    """The due dates, each a whole number of periods after the first.

    >>> from datetime import date
    >>> [str(day) for day in plan_dates(date(2026, 1, 31), 3, 1, "months")]
    ['2026-01-31', '2026-02-28', '2026-03-31']
    >>> [str(day) for day in plan_dates(date(2026, 1, 1), 2, 2, "weeks")]
    ['2026-01-01', '2026-01-15']
    """
    return [first + relativedelta(**{unit: every * number}) for number in range(count)]
