"""What the shops of all providers share: orders that are added, changed, cancelled."""

import base64
import copy
import hashlib
import hmac
import itertools
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "samples" / "providers"
LINES = (("LX-SR30", "Serum phục hồi B5 30ml", 1, 389000),)


@dataclass(frozen=True)
class Reply:
    """An answer; ``body`` is bytes, or a value that is sent as JSON."""

    status: int = 200
    body: object = None
    headers: dict = field(default_factory=dict)

    def raw(self):
        """``(bytes, content type)``."""
        if isinstance(self.body, bytes):
            is_page = self.body.startswith(b"<")
            return self.body, "text/html" if is_page else "text/plain"
        return dump(self.body), "application/json"


class Shop:
    """A provider's one shop.

    ``add`` and ``change`` speak the same words for every provider: ``name``, ``phone``,
    ``email``, ``ad``, ``state`` (of ``services/connect/orders.STATES``; any other word
    is sent as it is), ``paid`` (True for all of it), ``lines`` of ``(sku, name,
    quantity, price)``, ``discount``, ``shipping``, ``created``, ``updated`` (unix
    seconds) and ``raw`` (a dict that is laid over the order). An order is the dict that
    the provider would send.
    """

    PROVIDER = ""
    # The names of the hosts that a connector may replace.
    HOSTS = ("api",)
    # The sample that orders are cut from, and where in it the first one stands.
    SAMPLE = ("", ())
    FIRST_NUMBER = 500001
    STATES = {}

    def __init__(self, lock):
        self.lock = lock
        self.address = ""
        self.orders = {}
        # A page never holds more, whatever was asked for; None: what is allowed.
        self.page_cap = None
        self.credentials = self.make_credentials()
        self.numbers = itertools.count(self.FIRST_NUMBER)

    def make_credentials(self):
        """The credentials that are taken, by the names of the connector's fields."""
        raise NotImplementedError

    def handle(self, request):
        """The ``Reply`` to a call whose credentials are good."""
        raise NotImplementedError

    def refusal(self, request):
        """The ``Reply`` to wrong credentials or a wrong signature; None when good."""
        raise NotImplementedError

    def throttled(self):
        """The provider's ``Reply`` to too many calls."""
        raise NotImplementedError

    def refused(self):
        """The provider's ``Reply`` to a token that is no longer good."""
        raise NotImplementedError

    def webhook(self, order, secret=None, topic=None):
        """``(headers, body)`` of what the provider tells about the order.

        :param secret: what it is signed with; the shop's own by default
        """
        raise NotImplementedError

    def answer(self, request):
        """The ``Reply`` to a call."""
        with self.lock:
            return self.refusal(request) or self.handle(request)

    # ------------------------------------------------------------
    # ORDERS
    # ------------------------------------------------------------

    def add(self, **values):
        """Take an order in; returns it (a copy)."""
        with self.lock:
            number = next(self.numbers)
            now = int(time.time())
            order = self.make_order(number)
            defaults = {
                "name": f"Khách {number}",
                "phone": f"0901{number % 1000000:06d}",
                "email": None,
                "ad": None,
                "lines": LINES,
                "discount": 0,
                "shipping": 0,
                "paid": False,
                "state": "confirmed",
                "created": values.get("updated", now),
                "updated": values.get("created", now),
            }
            self._apply(order, defaults | values)
            self.orders[self.id_of(order)] = order
            return copy.deepcopy(order)

    def add_many(self, count, **values):
        """Take that many orders in; returns them."""
        return [self.add(**values) for _index in range(count)]

    def change(self, order_id, **values):
        """Change an order, now unless ``updated`` is given; returns it (a copy)."""
        with self.lock:
            order = self.orders[str(order_id)]
            self._apply(order, {"updated": int(time.time())} | values)
            return copy.deepcopy(order)

    def cancel(self, order_id, **values):
        """Cancel an order; returns it (a copy)."""
        return self.change(order_id, state="cancelled", **values)

    def delete(self, order_id):
        """Erase an order, as if it had never been."""
        with self.lock:
            del self.orders[str(order_id)]

    def id_of(self, order):
        """The order's id as text."""
        return str(order["id"])

    def updated(self, order):
        """When the order changed last, unix seconds."""
        raise NotImplementedError

    def make_order(self, number):
        """A new order of the provider's shape with the number as its id."""
        raise NotImplementedError

    def sample_order(self):
        """A copy of the first order of the sample."""
        return copy.deepcopy(read_sample(*self.SAMPLE))

    def fill(self, order, values):
        """Write the words of ``values`` into the order, its sums too."""
        raise NotImplementedError

    def _apply(self, order, values):
        raw = values.pop("raw", None) or {}
        self.fill(order, values)
        order.update(copy.deepcopy(raw))

    def changed_in(self, since, until, reverse=False):
        """The orders that changed in the period, both ends included."""
        found = [
            order
            for order in self.orders.values()
            if (since is None or self.updated(order) >= since)
            and (until is None or self.updated(order) <= until)
        ]
        found.sort(
            key=lambda one: (self.updated(one), self.id_of(one)), reverse=reverse
        )
        return found

    def page_size(self, asked, allowed):
        """How many a page holds."""
        size = min(int(asked or allowed), allowed)
        return min(size, self.page_cap) if self.page_cap else size


def dump(value):
    """JSON as the providers write it: UTF-8, nothing escaped.

    >>> dump({"a": "đ"}).decode()
    '{"a":"đ"}'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@cache
def read_sample(name, path=()):
    """What stands at the path in a sample."""
    value = json.loads((SAMPLES / name).read_text("utf-8"))
    for key in path:
        value = value[key]
    return value


def iso(seconds, suffix="Z"):
    """
    >>> iso(1791858394), iso(1791858394, ".413296")
    ('2026-10-13T02:26:34Z', '2026-10-13T02:26:34.413296')
    """
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}{suffix}"


def from_iso(text):
    """Unix seconds with a fraction, of a moment in UTC unless it says otherwise."""
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def hex_hmac(secret, message):
    """Hex HMAC-SHA256 of bytes."""
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def base64_hmac(secret, message):
    """Base64 HMAC-SHA256 of bytes."""
    digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
