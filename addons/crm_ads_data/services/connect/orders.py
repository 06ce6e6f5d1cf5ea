"""An order as every shop platform tells it, in one shape."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

from ..phone import parse_phones

STATES = (
    "new",
    "confirmed",
    "shipping",
    "done",
    "cancelled",
    "cancelling",
    "returning",
    "returned",
    "partial_return",
    "deleted",
    "unknown",
)
_MASKED = re.compile(r"\*{2,}")


@dataclass(frozen=True, slots=True)
class OrderLine:
    """``quantity`` pieces at ``price_unit``, ``discount`` off the whole line."""

    sku: str | None
    name: str
    quantity: Decimal
    price_unit: Decimal
    discount: Decimal = Decimal()

    @property
    def total(self):
        """What the line costs."""
        return self.quantity * self.price_unit - self.discount


@dataclass(frozen=True, slots=True)
class Order:
    """An order of a platform.

    Money is exact, in ``currency``; moments are naive UTC. ``state`` is one of
    ``STATES``, ``raw_state`` the platform's own word for it. ``paid`` is ``no``,
    ``part`` or ``yes``. ``phone`` is E.164, or None where there is none or the platform
    masks it (``phone_masked``): a masked buyer is never matched with anybody.
    ``buyer_ref`` is the platform's own id of the buyer, ``buyer_name`` the name it
    shows.
    """

    external_id: str
    state: str
    raw_state: str
    lines: tuple[OrderLine, ...]
    paid: str = "no"
    customer: str | None = None
    phone: str | None = None
    phone_masked: bool = False
    email: str | None = None
    address: str | None = None
    province: str | None = None
    ad_ref: str | None = None
    campaign: str | None = None
    discount: Decimal = Decimal()
    shipping: Decimal = Decimal()
    currency: str = "VND"
    created: datetime | None = None
    updated: datetime | None = None
    note: str | None = None
    buyer_ref: str | None = None
    buyer_name: str | None = None
    raw: dict = field(default_factory=dict, compare=False)

    @property
    def goods(self):
        """What the goods cost before the order's own discount."""
        return sum((line.total for line in self.lines), Decimal())

    @property
    def total(self):
        """What the buyer pays."""
        return self.goods - self.discount + self.shipping


def is_masked(*texts):
    """True when the platform hides one of the texts.

    >>> is_masked("******78"), is_masked("0901234567", None)
    (True, False)
    """
    return any(_MASKED.search(text) for text in texts if text)


def read_phone(value):
    """``(E.164 or None, whether it is masked)``.

    >>> read_phone("(+84)797562760"), read_phone("******78"), read_phone(None)
    (('+84797562760', False), (None, True), (None, False))
    """
    if is_masked(value):
        return None, True
    numbers = parse_phones(value or "").numbers
    return (numbers[0] if numbers else None), False


def paid_part(paid, total):
    """``no``, ``part`` or ``yes``.

    >>> [paid_part(Decimal(paid), Decimal(9)) for paid in (0, 3, 9)]
    ['no', 'part', 'yes']
    """
    if paid <= 0:
        return "no"
    return "yes" if paid >= total else "part"


def read_landing_site(address):
    """``(ad id, campaign)`` of a shop's landing address.

    >>> read_landing_site("/p/a?utm_campaign=sale&utm_content=120210283479452499")
    ('120210283479452499', 'sale')
    >>> read_landing_site("/p/a?utm_content=banner"), read_landing_site(None)
    ((None, None), (None, None))
    """
    try:
        query = parse_qs(urlsplit(address or "").query)
    except ValueError:
        return None, None
    content = query.get("utm_content", [""])[0]
    campaign = query.get("utm_campaign", [""])[0]
    return (content if content.isdigit() else None), campaign or None
