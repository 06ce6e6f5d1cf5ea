"""An order taken apart into what becomes one line each.

>>> from .orders import Order, OrderLine
>>> line = OrderLine("A", "Tea", Decimal(2), Decimal(100), Decimal(30))
>>> order = Order("1", "new", "0", (line,), shipping=Decimal(20), discount=Decimal(5))
>>> content = pack(order)
>>> for part in unpack(content): print(part.key, part.kind, part.quantity * part.price)
goods|A|0 goods 200
cut|A|0 cut -30
shipping shipping 20
discount discount -5
>>> sum(part.quantity * part.price for part in unpack(content)) == order.total
True
"""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

GOODS, CUT, SHIPPING, DISCOUNT = "goods", "cut", "shipping", "discount"


@dataclass(frozen=True, slots=True)
class Part:
    """``quantity`` pieces at ``price``.

    ``key`` tells it from the order's other parts, the same each time the order is told.
    ``article`` is the platform's code of the goods, or their name where they have none;
    a ``cut`` is what is off the line of these goods.
    """

    key: str
    kind: str
    quantity: Decimal
    price: Decimal
    article: str | None = None
    name: str | None = None


def pack(order):
    """What an ``Order`` sells, as JSON can keep it; nothing about the buyer."""
    return {
        "lines": [
            {
                "article": line.sku or line.name,
                "name": line.name,
                "quantity": plain(line.quantity),
                "price": plain(line.price_unit),
                "discount": plain(line.discount),
            }
            for line in order.lines
        ],
        "shipping": plain(order.shipping),
        "discount": plain(order.discount),
    }


def unpack(content, digits=2):
    """The parts of a packed order.

    :param digits: decimals that a quantity may have; goods with more are one piece at
        the price of all

    >>> content = {"lines": [{"article": "A", "name": "Silk", "quantity": "0.125",
    ...     "price": "800", "discount": "0"}], "shipping": "0", "discount": "0"}
    >>> [(part.quantity, part.price, part.name) for part in unpack(content)]
    [(Decimal('1'), Decimal('100.000'), 'Silk × 0.125')]
    """
    parts, seen = [], Counter()
    for line in content["lines"]:
        article, name = line["article"], line["name"]
        quantity, price = Decimal(line["quantity"]), Decimal(line["price"])
        if quantity != round(quantity, digits):
            name = f"{name} × {quantity}"
            quantity, price = Decimal(1), quantity * price
        suffix = f"{article}|{seen[article]}"
        seen[article] += 1
        parts.append(Part(f"{GOODS}|{suffix}", GOODS, quantity, price, article, name))
        cut = Decimal(line["discount"])
        if cut:
            parts.append(Part(f"{CUT}|{suffix}", CUT, Decimal(1), -cut, article, name))
    shipping, discount = Decimal(content["shipping"]), Decimal(content["discount"])
    if shipping:
        parts.append(Part(SHIPPING, SHIPPING, Decimal(1), shipping))
    if discount:
        parts.append(Part(DISCOUNT, DISCOUNT, Decimal(1), -discount))
    return parts


def plain(number):
    """A ``Decimal`` as the one text of its value.

    >>> [plain(Decimal(text)) for text in ("259000.0", "2E+3", "0.50", "-0")]
    ['259000', '2000', '0.5', '0']
    """
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def digest(value):
    """A short text that is the same for the same value (JSON, dates and decimals).

    >>> digest({"a": 1, "b": None}) == digest({"b": None, "a": 1}) != digest({"a": 2})
    True
    """
    body = json.dumps(value, sort_keys=True, default=str).encode()
    return hashlib.sha256(body).hexdigest()[:40]
