"""Messenger: who wrote to a page, from which ad, with which number.

Only what can become data is taken: what came from an ad, and texts with a phone
number or an e-mail address in them. The ad stands in a ``referral``, by itself or
inside of the message or the button that began the conversation.
"""

from datetime import UTC, datetime

from ..phone import parse_phones
from ..text import clean_text, email_key
from .payload import dig, records, text
from .provider import Event

NEEDS = "pages_messaging, pages_read_engagement"
MAX_TEXT = 2000


def read_messages(page, items):
    """The events of a page's ``messaging`` list.

    >>> item = {"sender": {"id": 7}, "timestamp": 1793192913000}
    >>> ad = {"ad_id": 12, "source": "ADS"}
    >>> [event] = read_messages("1", [{**item, "referral": ad}])
    >>> event.key, event.payload["ad_id"], event.account_ref
    ('referral|7|1793192913000', '12', '1')
    >>> text = {"mid": "m_1", "text": "0901 234 567"}
    >>> [event.key for event in read_messages("1", [{**item, "message": text}])]
    ['m_1']
    >>> read_messages("1", [{**item, "message": {"mid": "m_2", "text": "giá?"}}])
    []
    """
    return [event for item in items if (event := _read_message(page, item))]


def _read_message(page, item):
    person = text(dig(item, "sender", "id"), 64)
    if not person or person == page or dig(item, "message", "is_echo"):
        return None
    page = text(dig(item, "recipient", "id"), 64) or page
    referral = next(
        (
            found
            for path in ((), ("message",), ("postback",))
            if isinstance(found := dig(item, *path, "referral"), dict)
        ),
        {},
    )
    ad = text(referral.get("ad_id"), 64)
    said = clean_text(text(dig(item, "message", "text"), MAX_TEXT))
    if not ad and not has_contact(said):
        return None
    moment = text(item.get("timestamp"), 20) or ""
    mid = text(dig(item, "message", "mid"), 200) or text(
        dig(item, "postback", "mid"), 200
    )
    payload = {
        "psid": person,
        "timestamp": moment,
        "text": said or None,
        "ad_id": ad,
        "ad_title": text(dig(referral, "ads_context_data", "ad_title")),
        "ref": text(referral.get("ref")),
    }
    kept = {name: value for name, value in payload.items() if value}
    key = mid or f"referral|{person}|{moment}"
    return Event("message", key, person, page, kept)


def has_contact(said):
    """
    >>> has_contact("số em 0976 329 843"), has_contact("a@b.vn"), has_contact("2 hộp")
    (True, True, False)
    """
    return bool(parse_phones(said).numbers or email_key(said))


def message_moment(payload):
    """When the message was written, in naive UTC; None where it does not say.

    >>> print(message_moment({"timestamp": "1793192913000"}))
    2026-10-28 13:08:33
    """
    value = str(payload.get("timestamp") or "")
    if not value.isdigit() or len(value) > 14:
        return None
    found = datetime.fromtimestamp(int(value) / 1000, UTC)
    return found.replace(tzinfo=None, microsecond=0)


def fetch_conversation(api, page, person):
    """The address of the conversation and the person's name; None where unknown.

    :param api: ``MetaApi`` with the page's token
    :return: ``(link, name)``
    """
    found, _cursor = api.fetch_records(
        f"/{page}/conversations",
        {
            "platform": "messenger",
            "user_id": person,
            "fields": "id,link,participants",
        },
        needs=NEEDS,
        limit=1,
    )
    conversation = found[0] if found else {}
    people = records(dig(conversation, "participants", "data"))
    name = next(
        (text(one.get("name")) for one in people if text(one.get("id")) == person), None
    )
    link = text(conversation.get("link"), 1000)
    return f"https://www.facebook.com{link}" if link else None, name


def inbox_address(page, person):
    """Where a person finds the conversation by hand.

    >>> inbox_address("1", "7")
    'https://business.facebook.com/latest/inbox/all?asset_id=1&selected_item_id=7'
    """
    address = "https://business.facebook.com/latest/inbox/all"
    return f"{address}?asset_id={page}&selected_item_id={person}"
