"""What each ad cost and did on each day, as Meta's insights say it.

Days are those of the ad account's time zone; all numbers are texts. Meta corrects the
figures of the last four weeks, so they are asked for again and replaced. A day on which
an ad was not shown has no row.
"""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .meta_tree import NEEDS
from .payload import amount, records, text

TRAILING_DAYS = 28
# Of several kinds of actions that count the same people, the first one that is there.
LEADS = ("lead", "onsite_conversion.lead_grouped")
MESSAGES = ("onsite_conversion.messaging_conversation_started_7d",)
FIELDS = (
    "account_id,campaign_id,campaign_name,adset_id,adset_name,ad_id,ad_name,spend,"
    "impressions,reach,clicks,actions"
)
MAX_COUNT = 2_147_483_647
PAGE_SIZE = 200
DEFAULT_TZ = "Asia/Ho_Chi_Minh"


@dataclass(frozen=True, slots=True)
class Insight:
    """One ad on one day; ``ad`` is what the row says of it, ``figures`` by name."""

    ad: dict
    day: date
    figures: dict[str, Decimal | int] = field(default_factory=dict)


def read_insights(rows):
    """The rows that name an ad and one day.

    >>> actions = [{"action_type": name, "value": "4"} for name in LEADS]
    >>> row = {"ad_id": 1, "spend": "12.50", "actions": actions, "clicks": "x"}
    >>> [found] = read_insights([{**row, "date_start": "2026-10-11"}, row])
    >>> found.day, found.figures["spend"], found.figures["leads"]
    (datetime.date(2026, 10, 11), Decimal('12.50'), 4)
    """
    return [found for row in rows if (found := _read_insight(row))]


def _read_insight(row):
    day, stop = text(row.get("date_start"), 10), text(row.get("date_stop"), 10)
    ref = text(row.get("ad_id"), 64)
    if not ref or not day or (stop and stop != day):
        return None
    try:
        day = date.fromisoformat(day)
    except ValueError:
        return None
    actions = {
        text(action.get("action_type")): action.get("value")
        for action in records(row.get("actions"))
    }
    ad = {
        "ad_ref": ref,
        "ad_name": text(row.get("ad_name")),
        "adset_ref": text(row.get("adset_id"), 64),
        "adset_name": text(row.get("adset_name")),
        "campaign_ref": text(row.get("campaign_id"), 64),
        "campaign_name": text(row.get("campaign_name")),
    }
    figures = {
        "spend": max(amount(row.get("spend")), Decimal()),
        **{name: _count(row.get(name)) for name in ("impressions", "reach", "clicks")},
        "messages": _count(_first(actions, MESSAGES)),
        "leads": _count(_first(actions, LEADS)),
    }
    return Insight(ad, day, figures)


def _first(actions, kinds):
    return next((actions[kind] for kind in kinds if kind in actions), None)


def _count(value):
    return min(max(int(amount(value)), 0), MAX_COUNT)


def account_today(now, tz):
    """Today in the account's time zone; an unknown one is Viet Nam's.

    :param now: aware datetime

    >>> from datetime import UTC, datetime
    >>> now = datetime(2026, 10, 11, 18, tzinfo=UTC)
    >>> account_today(now, "Asia/Ho_Chi_Minh"), account_today(now, "no/where")
    (datetime.date(2026, 10, 12), datetime.date(2026, 10, 12))
    >>> account_today(now, "America/Los_Angeles")
    datetime.date(2026, 10, 11)
    """
    try:
        zone = ZoneInfo(tz or DEFAULT_TZ)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo(DEFAULT_TZ)
    return now.astimezone(zone).date()


def fetch_insights(api, account, today, cursor=None, days=TRAILING_DAYS):
    """One page of the daily figures of an account's ads, back from ``today``.

    :return: ``(list of Insight, next cursor or None)``
    """
    since = today - timedelta(days=days)
    period = {"since": since.isoformat(), "until": today.isoformat()}
    found, following = api.fetch_records(
        f"/act_{account}/insights",
        {
            "level": "ad",
            "time_increment": 1,
            "time_range": json.dumps(period),
            "fields": FIELDS,
        },
        cursor,
        NEEDS,
        limit=PAGE_SIZE,
    )
    return read_insights(found), following
