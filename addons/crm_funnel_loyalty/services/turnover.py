"""How fast goods are sold: days of stock left, turnover and what it says (003.30)."""

from dataclasses import dataclass

LOW_DAYS = 15
SLOW_DAYS = 180


@dataclass(frozen=True)
class Turnover:
    """What a product sold in a period, against its stock; quantities in its own unit.

    >>> steady = Turnover(sold=90, opening=40, on_hand=20, days=90)
    >>> steady.days_left, steady.ratio, steady.state
    (20.0, 3.0, 'fine')
    >>> Turnover(sold=90, opening=0, on_hand=10, days=90).state
    'low'
    >>> Turnover(sold=90, opening=50, on_hand=-2, days=90).state
    'out'
    >>> Turnover(sold=9, opening=50, on_hand=50, days=90).state
    'slow'
    >>> idle = Turnover(sold=0, opening=5, on_hand=5, days=90)
    >>> idle.days_left, idle.ratio, idle.state
    (0.0, 0.0, 'unsold')
    >>> Turnover(sold=0, opening=0, on_hand=0, days=90).state
    'none'
    """

    sold: float
    opening: float
    on_hand: float
    days: int

    @property
    def days_left(self) -> float:
        """Days until the stock is sold out at this pace; 0 where nothing is sold."""
        if self.sold <= 0 or self.on_hand <= 0:
            return 0.0
        return self.on_hand * self.days / self.sold

    @property
    def ratio(self) -> float:
        """How many times the average stock of the period was sold; 0 without stock."""
        average = (max(self.opening, 0) + max(self.on_hand, 0)) / 2
        return max(self.sold, 0) / average if average else 0.0

    @property
    def state(self) -> str:
        """What to decide: order (out, low), nothing (fine, none), sell off."""
        if self.sold <= 0:
            return "unsold" if self.on_hand > 0 else "none"
        if self.on_hand <= 0:
            return "out"
        if self.days_left < LOW_DAYS:
            return "low"
        return "slow" if self.days_left > SLOW_DAYS else "fine"
