"""Commission arithmetic: bands, slices, shares. No ORM, exact to the smallest coin.

Money is ``Decimal`` in company currency, rates are percents. Commission is progressive
over the total of a period (003.07): each slice of the total is paid at the rate of its
own band, as income tax is.

>>> bands = make_bands([(0, 1), (100, 2), (300, 3)])
>>> get_commission(Decimal(350), bands)
Decimal('6.5')
"""

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import NamedTuple

ZERO = Decimal(0)
HUNDRED = Decimal(100)


class Band(NamedTuple):
    """Revenue from ``lower`` on, up to and without ``upper`` (None: no end)."""

    lower: Decimal
    upper: Decimal | None
    rate: Decimal


class Allotment(NamedTuple):
    """What a document earns: ``full`` is its whole commission, not rounded, ``amount``
    what is paid of it; ``parts`` are pairs of band and revenue in it."""

    key: object
    base: Decimal
    full: Decimal
    amount: Decimal
    parts: list


class BandError(ValueError):
    """Bands that do not lie end to end.

    ``reason`` is ``empty``, ``start`` (the first does not begin at zero), ``gap``,
    ``overlap``, ``order`` (one ends before it begins), ``open`` (the last one ends) or
    ``rate`` (below 0 or above 100); ``index`` is the position of the band.
    """

    def __init__(self, reason, index):
        super().__init__(f"{reason} at {index}")
        self.reason = reason
        self.index = index


def to_decimal(number):
    """The decimal that a float means.

    >>> to_decimal(0.1)
    Decimal('0.1')
    """
    return Decimal(str(number))


def round_money(amount, step):
    """Round half away from zero to a multiple of ``step``.

    >>> one = Decimal(1)
    >>> round_money(Decimal("2.5"), one), round_money(Decimal("-2.5"), one)
    (Decimal('3'), Decimal('-3'))
    """
    return (amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def make_bands(begins):
    """Bands out of pairs ``(lower, rate)``: each ends where the next begins.

    >>> [band.upper for band in make_bands([(0, 1), (100, 2)])]
    [Decimal('100'), None]
    """
    begins = [(to_decimal(lower), to_decimal(rate)) for lower, rate in begins]
    uppers = [lower for lower, _rate in begins[1:]] + [None]
    return [
        Band(lower, upper, rate)
        for (lower, rate), upper in zip(begins, uppers, strict=True)
    ]


def check_bands(bands):
    """Check that the bands begin at zero, lie end to end and never end.

    :raises BandError: with the first fault

    >>> try:
    ...     check_bands([Band(Decimal(0), Decimal(5), Decimal(1))])
    ... except BandError as error:
    ...     error.reason
    'open'
    """
    if not bands:
        raise BandError("empty", 0)
    expected = ZERO
    for index, band in enumerate(bands):
        if not ZERO <= band.rate <= HUNDRED:
            raise BandError("rate", index)
        if expected is None or band.lower < expected:
            raise BandError("overlap", index)
        if band.lower > expected:
            raise BandError("start" if index == 0 else "gap", index)
        if band.upper is not None and band.upper <= band.lower:
            raise BandError("order", index)
        expected = band.upper
    if expected is not None:
        raise BandError("open", len(bands) - 1)


def get_slices(begin, end, bands):
    """What of the revenue between two totals lies in which band.

    Below zero lies the first band: what is taken back there is taken back at its rate.

    :return: pairs ``(band, amount)``; amounts are negative when ``end < begin``

    >>> bands = make_bands([(0, 1), (100, 2)])
    >>> [(int(band.rate), int(part)) for band, part in
    ...  get_slices(Decimal(50), Decimal(150), bands)]
    [(1, 50), (2, 50)]
    """
    if end < begin:
        return [(band, -part) for band, part in get_slices(end, begin, bands)]
    slices = []
    for index, band in enumerate(bands):
        low = begin if index == 0 else max(begin, band.lower)
        high = end if band.upper is None else min(end, band.upper)
        if high > low:
            slices.append((band, high - low))
    return slices


def get_commission(total, bands, begin=ZERO):
    """Commission on the revenue between two totals, not rounded.

    >>> get_commission(Decimal(-10), make_bands([(0, 1), (100, 2)]))
    Decimal('-0.1')
    """
    return sum(
        (part * band.rate / HUNDRED for band, part in get_slices(begin, total, bands)),
        ZERO,
    )


def allot(documents, bands, step):
    """Share the commission of a period out over its documents, in their order.

    The rounding of one is carried to the next: the sum is the rounded commission of the
    whole, whatever the order.

    :param documents: triples ``(key, base, share)`` in the order in which they fill the
        bands; ``share`` is the percent of its commission that is paid
    :return: list of ``Allotment``

    >>> [int(one.amount) for one in allot(
    ...     [("a", Decimal(50), HUNDRED), ("b", Decimal(100), HUNDRED)],
    ...     make_bands([(0, 1), (100, 3)]), Decimal(1))]
    [1, 2]
    """
    total = ZERO
    carry = Carry(step)
    result = []
    for key, base, share in documents:
        parts = get_slices(total, total + base, bands)
        total += base
        full = sum((part * band.rate for band, part in parts), ZERO) / HUNDRED
        amount = carry.take(full * share / HUNDRED)
        result.append(Allotment(key, base, full, amount, parts))
    return result


class Carry:
    """Rounds amounts one after the other so that their sum is the rounded sum.

    >>> carry = Carry(Decimal(1))
    >>> [int(carry.take(Decimal("0.4"))) for _ in range(5)]
    [0, 1, 0, 1, 0]
    """

    def __init__(self, step):
        self.step = step
        self.exact = ZERO
        self.taken = ZERO

    def take(self, amount):
        """:return: the amount, rounded with what was cut off before"""
        self.exact += amount
        rounded = round_money(self.exact, self.step) - self.taken
        self.taken += rounded
        return rounded


def split(amount, weights, step):
    """Split an amount by weights; who is cut off most gets the coin that is left.

    :return: list of amounts that add up to ``amount``

    >>> [int(part) for part in split(Decimal(100), [1, 1, 1], Decimal(1))]
    [34, 33, 33]
    """
    total = sum(weights)
    if not total:
        weights, total = [1] * len(weights), len(weights)
    exact = [amount * to_decimal(weight) / to_decimal(total) for weight in weights]
    parts = [(one / step).quantize(Decimal(1), ROUND_FLOOR) * step for one in exact]
    left = int((amount - sum(parts, ZERO)) / step)
    by_cut = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for index in by_cut[:left]:
        parts[index] += step
    if parts:
        # an amount that is no multiple of the coin keeps its rest with the first
        parts[by_cut[0]] += amount - sum(parts, ZERO)
    return parts


def get_next_steps(total, bands, share=HUNDRED):
    """What more revenue would bring: up to the next band, a tenth and a quarter more.

    :return: list of ``(more revenue, more commission)``, smallest first

    >>> [(int(more), int(gain)) for more, gain in
    ...  get_next_steps(Decimal(80), make_bands([(0, 1), (100, 5)]))][-1]
    (20, 0)
    """
    steps = {total / 10, total / 4} if total > ZERO else set()
    steps |= {
        band.upper - total
        for band in bands
        if band.upper is not None and band.upper > total
    }
    chosen = sorted(step for step in steps if step > ZERO)[:3]
    return [
        (step, get_commission(total + step, bands, total) * share / HUNDRED)
        for step in chosen
    ]
