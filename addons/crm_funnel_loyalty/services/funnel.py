"""Which of the seven tiers a customer has reached: arithmetic only, no ORM.

The source of the rules is capability 004.01 to 004.35 of the specification. The same
rules are put into SQL by ``models/tier/funnel_facts.py``; a test compares the two.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

TARGET = "target"
OPPORTUNITY = "opportunity"
QUOTATION = "quotation"
DOCUMENT_TIERS = (TARGET, OPPORTUNITY, QUOTATION)


class Order(NamedTuple):
    """One confirmed order: its day and its amount."""

    day: date
    amount: float


@dataclass(frozen=True)
class Facts:
    """What the documents of one customer say, orders from the oldest to the newest."""

    has_opportunity: bool = False
    has_quotation: bool = False
    referrals: int = 0
    orders: tuple = ()


class Missing(NamedTuple):
    """How much is missing until a tier is reached; nothing at all is falsy."""

    document: str = ""
    orders: int = 0
    amount: float = 0.0
    referrals: int = 0

    def __bool__(self):
        return any(self)


@dataclass(frozen=True)
class TierRule:
    """What one tier asks for; a threshold of zero asks for nothing."""

    id: int
    code: str
    min_orders: int = 0
    min_amount: float = 0.0
    min_referrals: int = 0
    window_months: int = 0
    grace_days: int = 0

    @property
    def is_in_use(self):
        """A tier of buyers without any threshold is out of use, not open to everybody.

        >>> TierRule(7, "fan").is_in_use, TierRule(1, "target").is_in_use
        (False, True)
        """
        return self.code in DOCUMENT_TIERS or bool(
            self.min_orders or self.min_amount or self.min_referrals
        )

    def window(self, facts, day):
        """Return the orders that count on a day.

        >>> orders = (Order(date(2026, 1, 1), 5.0), Order(date(2026, 3, 1), 7.0))
        >>> rule = TierRule(6, "loyal", min_orders=1, window_months=12)
        >>> len(rule.window(Facts(orders=orders), date(2027, 1, 1)))
        2
        >>> len(rule.window(Facts(orders=orders), date(2027, 1, 2)))
        1
        """
        known = [order for order in facts.orders if order.day <= day]
        if not self.window_months:
            return known
        start = day - relativedelta(months=self.window_months)
        return [order for order in known if order.day >= start]

    def missing(self, facts, day):
        """Return what is missing on a day, grace left aside.

        >>> rule = TierRule(6, "loyal", min_orders=4, min_amount=1000.0)
        >>> facts = Facts(orders=(Order(date(2026, 1, 1), 600.0),) * 2)
        >>> rule.missing(facts, date(2026, 2, 1))
        Missing(document='', orders=2, amount=0.0, referrals=0)
        >>> bool(TierRule(5, "repeat", min_orders=2).missing(facts, date(2026, 2, 1)))
        False
        >>> TierRule(2, "opportunity").missing(facts, date(2026, 2, 1)).document
        'opportunity'
        """
        if self.code in DOCUMENT_TIERS:
            there = {
                TARGET: True,
                OPPORTUNITY: facts.has_opportunity,
                QUOTATION: facts.has_quotation,
            }
            return Missing(document="" if there[self.code] else self.code)
        counted = self.window(facts, day)
        return Missing(
            orders=max(0, self.min_orders - len(counted)),
            amount=max(0.0, self.min_amount - sum(order.amount for order in counted)),
            referrals=max(0, self.min_referrals - facts.referrals),
        )

    def is_reached(self, facts, day):
        """Tell whether the documents satisfy this tier on a day, or did so at some day
        of the grace period before it.

        >>> rule = TierRule(6, "loyal", min_orders=1, window_months=12, grace_days=30)
        >>> facts = Facts(orders=(Order(date(2026, 1, 1), 5.0),))
        >>> [rule.is_reached(facts, date(2027, 1, day)) for day in (1, 2, 31)]
        [True, True, True]
        >>> rule.is_reached(facts, date(2027, 2, 1))
        False
        """
        if not self.is_in_use:
            return False
        if not self.missing(facts, day):
            return True
        if not (self.window_months and self.grace_days):
            return False
        begin = day - timedelta(days=self.grace_days)
        moments = {begin} | {o.day for o in facts.orders if begin <= o.day <= day}
        return any(not self.missing(facts, moment) for moment in moments)

    def last_day(self, facts):
        """Return the last day on which orders of the past hold this tier, grace
        included; None when nothing lets it lapse or it is not held.

        >>> rule = TierRule(6, "loyal", min_orders=2, window_months=12, grace_days=30)
        >>> days = (date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10))
        >>> facts = Facts(orders=tuple(Order(day, 1.0) for day in days))
        >>> rule.last_day(facts)
        datetime.date(2027, 3, 12)
        >>> rule.is_reached(facts, date(2027, 3, 12))
        True
        >>> rule.is_reached(facts, date(2027, 3, 13))
        False

        An order that came too late to help does not prolong it.

        >>> late = Facts(orders=(*facts.orders[:2], Order(date(2027, 2, 20), 1.0)))
        >>> rule.last_day(late)
        datetime.date(2027, 2, 9)
        """
        if not self.window_months or facts.referrals < self.min_referrals:
            return None
        days = []
        for number, newest in enumerate(facts.orders):
            hinge = self._get_hinge(facts.orders[: number + 1])
            if hinge is None:
                continue
            last = hinge + relativedelta(months=self.window_months)
            while last - relativedelta(months=self.window_months) > hinge:
                last -= timedelta(days=1)
            later = facts.orders[number + 1 : number + 2]
            if later and later[0].day <= last:
                last = later[0].day - timedelta(days=1)
            if last >= newest.day:
                days.append(last)
        return max(days) + timedelta(days=self.grace_days) if days else None

    def _get_hinge(self, orders):
        """Return the day of the oldest order needed, counted from the newest."""
        count, amount = 0, 0.0
        for order in reversed(orders):
            count, amount = count + 1, amount + order.amount
            if count >= self.min_orders and amount >= self.min_amount:
                return order.day
        return None


def reached_tier(rules, facts, day):
    """Return the highest rule that the facts satisfy on a day.

    ``rules`` go from the lowest tier to the highest.

    >>> rules = [TierRule(1, "target"), TierRule(2, "opportunity"),
    ...          TierRule(4, "contract", min_orders=1)]
    >>> day = date(2026, 5, 1)
    >>> reached_tier(rules, Facts(), day).code
    'target'
    >>> reached_tier(rules, Facts(has_opportunity=True), day).code
    'opportunity'
    >>> reached_tier(rules, Facts(orders=(Order(day, 1.0),)), day).code
    'contract'
    """
    return next((rule for rule in reversed(rules) if rule.is_reached(facts, day)), None)


def next_tier(rules, rule):
    """Return the tier in use above a rule, None on the highest.

    >>> rules = [TierRule(1, "target"), TierRule(5, "repeat"),
    ...          TierRule(6, "loyal", min_orders=4)]
    >>> next_tier(rules, rules[0]).code
    'loyal'
    >>> next_tier(rules, rules[2])
    """
    above = rules[rules.index(rule) + 1 :]
    return next((one for one in above if one.is_in_use), None)
