"""What every provider's API has to be able to do, as plain Python.

A provider is a class of this shape, made with the connector's credentials; it knows no
database. Code > error class tables are data, so that a code found wrong is one line.
"""

from dataclasses import dataclass, field

from . import errors
from .http import HttpClient


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a webhook tells.

    ``key`` makes it unique within its connector; ``external_id`` is the object that it
    is about. ``account_ref`` says whose it is where one address serves many (the page,
    the shop); None: the connector that was called.
    """

    topic: str
    key: str
    external_id: str | None = None
    account_ref: str | None = None
    payload: dict = field(default_factory=dict)


class ProviderApi:
    """Base of all providers.

    :param credentials: dict of the connector's credentials, see each class
    :param hosts: addresses that replace those of ``HOSTS``
    """

    HOSTS = {}
    # Seconds that a poll looks back before its cursor: changes arrive late.
    OVERLAP = 600
    # The longest period that one poll may ask for, in seconds.
    WINDOW = 15 * 24 * 3600
    # What the answer to a webhook holds.
    WEBHOOK_ANSWER = "ok"
    SECRETS = ()

    def __init__(self, credentials, hosts=None):
        self.credentials = credentials
        self.hosts = {**self.HOSTS, **(hosts or {})}

    def client(self, host="api"):
        """The HTTP client for one of the provider's hosts."""
        secrets = [self.credentials.get(name) for name in self.SECRETS]
        return HttpClient(self.hosts[host], secrets)

    def verify(self, raw, headers):
        """Whether the body was signed by the provider; False without a secret."""
        raise NotImplementedError

    def read_events(self, payload, headers):
        """The events of a verified webhook.

        :return: list of ``Event``; empty for what does not concern us
        :raise PayloadError: when it is not of the provider's shape
        """
        raise NotImplementedError

    def challenge(self, query):
        """The answer to the provider's proof of the address, None to refuse."""
        return

    def check(self, reply):
        """The body of a good reply; raises what a bad one means.

        :raise ApiError: one of ``errors``
        """
        raise NotImplementedError

    def test(self):
        """Make the cheapest call that proves the credentials; a text to show."""
        raise NotImplementedError


class OrderProviderApi(ProviderApi):
    """A provider of orders."""

    def fetch_page(self, since, until, cursor=None):
        """One page of the orders that changed in the period.

        :param since: unix seconds; ``until`` too
        :param cursor: what the page before gave; None for the first
        :return: ``(list of Order, next cursor or None)``
        """
        raise NotImplementedError

    def fetch_order(self, external_id):
        """One ``Order`` as it is now; None when the provider has none of that id."""
        raise NotImplementedError

    def read_order(self, payload):
        """The ``Order`` that a webhook carries whole; None: it has to be fetched."""
        return


class OffsetOrderApi(OrderProviderApi):
    """A provider of orders whose pages are counted by place.

    An order that changes while its period is read leaves the period; those behind it
    move up by one place, one of them onto a page that was read already. So the pages
    are read forth and then back: what moves up moves to what is still to be read.

    COST: one call for a period of one page, 2 n - 1 calls for one of n pages.
    """

    def fetch_list(self, since, until, place=None):
        """One page of the orders that changed in the period.

        :param place: what the page before gave; None for the first
        :return: ``(list of Order, next place or None)``
        """
        raise NotImplementedError

    def fetch_page(self, since, until, cursor=None):
        cursor = cursor or {"place": None, "trail": [], "back": False}
        orders, following = self.fetch_list(since, until, cursor["place"])
        trail = cursor["trail"]
        if following is not None and not cursor["back"]:
            trail = [*trail, cursor["place"]]
            return orders, {"place": following, "trail": trail, "back": False}
        if not trail:
            return orders, None
        return orders, {"place": trail[-1], "trail": trail[:-1], "back": True}


def raise_for(code, classes, message, default=errors.Permanent, retry_after=None):
    """Raise the error that a code means.

    :param classes: dict of code (text) to class; ``"10*"`` stands for all codes that
        begin so

    >>> try:
    ...     raise_for(105002, {"105*": errors.TokenExpired}, "it has expired")
    ... except errors.TokenExpired as error:
    ...     print(error.code, error)
    105002 it has expired
    """
    raise find_class(code, classes, default)(message, code, retry_after)


def find_class(code, classes, default=errors.Permanent):
    """The class of error that a code means, as ``raise_for`` finds it.

    >>> find_class("105002", {"105*": errors.TokenExpired}).__name__
    'TokenExpired'
    """
    code = str(code)
    return classes.get(code) or next(
        (
            kind
            for prefix, kind in classes.items()
            if prefix.endswith("*") and code.startswith(prefix[:-1])
        ),
        default,
    )
