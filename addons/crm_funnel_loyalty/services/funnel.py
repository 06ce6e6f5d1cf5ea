"""Which of the seven tiers a customer has reached: arithmetic only, no ORM.

The source of the rules is capability 004.01 to 004.35 of the specification.
"""

from dataclasses import dataclass

TARGET = "target"
OPPORTUNITY = "opportunity"
QUOTATION = "quotation"


@dataclass(frozen=True)
class Window:
    """What a customer bought inside the period that one tier looks at."""

    orders: int = 0
    amount: float = 0.0


@dataclass(frozen=True)
class Facts:
    """What the documents of one customer say.

    ``windows`` holds the orders per tier id, because each tier has its own period.
    """

    has_opportunity: bool = False
    has_quotation: bool = False
    referrals: int = 0
    windows: dict | None = None

    def window(self, tier_id):
        return (self.windows or {}).get(tier_id, Window())


@dataclass(frozen=True)
class TierRule:
    """What one tier asks for; a threshold of zero asks for nothing."""

    id: int
    code: str
    min_orders: int = 0
    min_amount: float = 0.0
    min_referrals: int = 0

    def is_reached(self, facts):
        """Tell whether the documents satisfy this tier.

        >>> rule = TierRule(5, "repeat", min_orders=2)
        >>> rule.is_reached(Facts(windows={5: Window(orders=1, amount=900.0)}))
        False
        >>> rule.is_reached(Facts(windows={5: Window(orders=2, amount=900.0)}))
        True

        Every threshold that is set must hold.

        >>> rule = TierRule(6, "loyal", min_orders=4, min_amount=1000.0)
        >>> rule.is_reached(Facts(windows={6: Window(orders=4, amount=999.0)}))
        False
        >>> rule.is_reached(Facts(windows={6: Window(orders=4, amount=1000.0)}))
        True

        A tier of buyers without any threshold is out of use, not open to everybody.

        >>> TierRule(7, "fan").is_reached(Facts(referrals=9))
        False
        """
        if self.code == TARGET:
            return True
        if self.code == OPPORTUNITY:
            return facts.has_opportunity
        if self.code == QUOTATION:
            return facts.has_quotation
        if not (self.min_orders or self.min_amount or self.min_referrals):
            return False
        window = facts.window(self.id)
        return (
            window.orders >= self.min_orders
            and window.amount >= self.min_amount
            and facts.referrals >= self.min_referrals
        )


def reached_tier(rules, facts):
    """Return the highest rule that the facts satisfy.

    ``rules`` go from the lowest tier to the highest.

    >>> rules = [TierRule(1, "target"), TierRule(2, "opportunity"),
    ...          TierRule(4, "contract", min_orders=1)]
    >>> reached_tier(rules, Facts()).code
    'target'
    >>> reached_tier(rules, Facts(has_opportunity=True)).code
    'opportunity'
    >>> reached_tier(rules, Facts(windows={4: Window(orders=1)})).code
    'contract'
    """
    return next((rule for rule in reversed(rules) if rule.is_reached(facts)), None)
