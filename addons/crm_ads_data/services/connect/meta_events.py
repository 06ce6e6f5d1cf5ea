"""Telling Meta what became of its leads (Conversions API for CRM).

Contacts leave hashed only. A whole call is refused for one event that is too old, so
old ones are never sent.
"""

import hashlib
from dataclasses import dataclass

from ..phone import phone_key
from ..text import email_key
from .payload import amount

NEEDS = "ads_management"
# Meta refuses what is older.
MAX_AGE = 7 * 24 * 3600
BATCH_SIZE = 500
SOURCE = "Odoo"


@dataclass(frozen=True, slots=True)
class StageEvent:
    """One stage that one lead reached; ``moment`` in unix seconds."""

    event_id: str
    lead_ref: str
    stage: str
    moment: int
    phone: str | None = None
    email: str | None = None


def make_event_id(database, lead_ref, stage):
    """What makes a stage of a lead unique, also against a copy of the database.

    >>> make_event_id("db", "12", "won") == make_event_id("copy", "12", "won")
    False
    """
    return hashlib.sha1(
        f"{database}|{lead_ref}|{stage}".encode(), usedforsecurity=False
    ).hexdigest()


def hash_email(email):
    """
    >>> hash_email(" Lan@Khach.Example ") == hash_email("lan@khach.example")
    True
    >>> hash_email("lan@")
    """
    key = email_key(email or "")
    return _hash(key) if key else None


def hash_phone(phone):
    """The hash of the digits with their country's code and without ``+``.

    >>> import hashlib
    >>> hash_phone("0901 234 567") == hashlib.sha256(b"84901234567").hexdigest()
    True
    >>> hash_phone("abc")
    """
    key = phone_key(phone or "")
    return _hash(key.removeprefix("+")) if key else None


def _hash(value):
    return hashlib.sha256(value.encode()).hexdigest()


def describe(event):
    """The event as Meta wants it.

    >>> event = StageEvent("e", "8329498364660253", "won", 1793192513, email="a@b.vn")
    >>> found = describe(event)
    >>> found["user_data"]["lead_id"], sorted(found["user_data"])
    (8329498364660253, ['em', 'lead_id'])
    """
    person = {"em": hash_email(event.email), "ph": hash_phone(event.phone)}
    return {
        "event_name": event.stage,
        "event_time": event.moment,
        "event_id": event.event_id,
        "action_source": "system_generated",
        "user_data": {
            "lead_id": int(event.lead_ref),
            **{name: [value] for name, value in person.items() if value},
        },
        "custom_data": {"event_source": "crm", "lead_event_source": SOURCE},
    }


def send_events(api, dataset, events, test_code=None):
    """Send the events in one call, which must not be repeated when it is unclear.

    :return: how many Meta says that it received
    :raise Ambiguous: when nobody knows whether they came
    """
    body = {"data": [describe(event) for event in events]}
    if test_code:
        body["test_event_code"] = test_code
    answer = api.call(
        "POST", f"/{dataset}/events", json=body, needs=NEEDS, repeatable=False
    )
    return int(amount(answer.get("events_received")))
