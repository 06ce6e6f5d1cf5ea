"""What every sender has to be able to do, as plain Python.

A provider is a class of this shape, made with the account's credentials; it knows no
database. Code > error class tables are data, so that a code found wrong is one line.
"""

from dataclasses import dataclass
from datetime import datetime

from .http import HttpClient
from .scrub import scrub_text

# What a call goes through, in order; the last is final.
CALL_STATES = ("created", "started", "ringing", "answered", "ended")
# States of a touch that no later report takes back.
FINAL_STATES = ("delivered", "failed")


@dataclass(frozen=True, slots=True)
class Sent:
    """What the provider made of a message or call that it took.

    ``state`` is that of the touch: ``sent`` is taken, not delivered; a call that is
    being put through is ``sending``. ``quota`` is what may still be sent today.
    """

    provider_id: str | None
    state: str = "sent"
    quota: int | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """New credentials; ``seconds`` is how long the access token lives.

    With a ``refresh_token`` the old pair is used up: commit this one before all else.
    """

    access_token: str
    seconds: int
    refresh_token: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call as its provider tells of it; numbers are E.164, times naive UTC.

    ``phone`` is the other side, ``extension`` our person; ``disposition`` one of
    ``answered``, ``busy``, ``missed``, ``failed``; None while it is not over.
    """

    external_id: str
    direction: str = "outbound"
    phone: str | None = None
    extension: str | None = None
    started: datetime | None = None
    answered: datetime | None = None
    ended: datetime | None = None
    talk_seconds: int = 0
    disposition: str | None = None
    recording_url: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a webhook tells.

    ``key`` makes it unique within its account. A delivery report names the message by
    ``provider_id``, or by the ``tracking_id`` that we gave it, and its ``state``; an
    event of a call holds the ``call`` and one of ``CALL_STATES``.
    """

    topic: str
    key: str
    provider_id: str | None = None
    tracking_id: str | None = None
    state: str | None = None
    phone: str | None = None
    user_id: str | None = None
    text: str | None = None
    reason: str | None = None
    time: datetime | None = None
    call: Call | None = None


class SendApi:
    """Base of all senders.

    :param credentials: dict of the account's credentials, see each class
    :param hosts: addresses that replace those of ``HOSTS``
    """

    HOSTS = {}
    SECRETS = ()
    # Whether the provider refuses to send the same id twice: only then may a person's
    # "send again" after an unclear outcome never reach the customer twice.
    IS_IDEMPOTENT = False

    def __init__(self, credentials, hosts=None):
        self.credentials = credentials
        self.hosts = {**self.HOSTS, **(hosts or {})}

    def client(self, host="api"):
        """The HTTP client for one of the provider's hosts."""
        return HttpClient(self.hosts[host], self._secrets())

    def shown(self, message, reply):
        """What a person may read of an error."""
        return scrub_text(message or reply.text, self._secrets())[:300]

    def _secrets(self):
        return [self.credentials.get(name) for name in self.SECRETS]

    def verify(self, raw, headers):
        """Whether the body was signed by the provider; False without a secret.

        A provider that signs nothing is proven by the secret part of the address, which
        the controller compares (``signing.is_same``).
        """
        raise NotImplementedError

    def read_events(self, payload):
        """The events of a verified webhook.

        :return: list of ``Event``; empty for what does not concern us
        :raise PayloadError: when it is not of the provider's shape
        """
        raise NotImplementedError

    def check(self, reply):
        """The body of a good reply; raises what a bad one means.

        :raise ApiError: one of ``errors``
        """
        raise NotImplementedError

    def test(self):
        """Make the cheapest call that proves the credentials; a text to show."""
        raise NotImplementedError


def later_state(known, told):
    """The state after an event, in whatever order the events arrive.

    A call goes only forward, and a message that arrived or failed stays so:

    >>> later_state("ended", "ringing"), later_state(None, "ringing")
    ('ended', 'ringing')
    >>> later_state("started", "answered"), later_state("sent", "delivered")
    ('answered', 'delivered')
    >>> later_state("delivered", "sent"), later_state("unknown", "failed")
    ('delivered', 'failed')
    >>> later_state("sent", None)
    'sent'
    """
    if told is None or known in FINAL_STATES:
        return known
    if known in CALL_STATES and told in CALL_STATES:
        return max(known, told, key=CALL_STATES.index)
    return told
