"""When a person may be contacted. No ORM: moments and counts in, a decision out.

Moments are naive UTC, as Odoo stores them; hours and days are those of the company's
time zone. The hours of a day are half-open: with 07:00–22:00, 22:00 is too late.

>>> sms = Policy("Asia/Ho_Chi_Minh", begin=7, end=22, cap=3)
>>> evening = datetime(2026, 3, 2, 15, 30)  # 22:30 in Vietnam
>>> decide(evening, sms, {})
Decision(day=datetime.date(2026, 3, 3), moment=datetime.datetime(2026, 3, 3, 0, 0), \
why='hours')
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOURS = "hours"
CAP = "cap"


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for one channel and kind of message.

    ``begin`` and ``end`` are hours of the day (7.5 is 07:30), 0 and 24 the whole day;
    ``cap`` is how often one person is contacted on one day, 0 for any number;
    ``horizon`` is how many days after today a message may wait for.
    """

    timezone: str
    begin: float = 0.0
    end: float = 24.0
    cap: int = 0
    horizon: int = 7


@dataclass(frozen=True, slots=True)
class Decision:
    """The day that is counted, the moment of sending, and why not at once:
    ``None``, ``"hours"`` or ``"cap"``. Without a ``day`` there is no such moment."""

    day: date | None
    moment: datetime | None
    why: str | None


def next_allowed(moment, policy):
    """The first allowed moment that is not before ``moment``.

    >>> sms = Policy("Asia/Ho_Chi_Minh", begin=7, end=22)
    >>> next_allowed(datetime(2026, 3, 1, 23, 59, 59), sms)  # 06:59:59
    datetime.datetime(2026, 3, 2, 0, 0)
    >>> next_allowed(datetime(2026, 3, 2, 0, 0), sms)  # 07:00:00
    datetime.datetime(2026, 3, 2, 0, 0)
    >>> next_allowed(datetime(2026, 3, 2, 14, 59, 59), sms)  # 21:59:59
    datetime.datetime(2026, 3, 2, 14, 59, 59)
    >>> next_allowed(datetime(2026, 3, 2, 15, 0), sms)  # 22:00:00
    datetime.datetime(2026, 3, 3, 0, 0)
    >>> next_allowed(datetime(2026, 3, 2, 20, 0), Policy("Asia/Ho_Chi_Minh"))
    datetime.datetime(2026, 3, 2, 20, 0)
    """
    local = _to_local(moment, policy.timezone)
    since_midnight = timedelta(
        hours=local.hour, minutes=local.minute, seconds=local.second
    )
    if since_midnight < timedelta(hours=policy.begin):
        return _begin_of(local.date(), policy)
    if since_midnight < timedelta(hours=policy.end):
        return moment
    return _begin_of(local.date() + timedelta(days=1), policy)


def local_day(moment, timezone):
    """The date on the company's calendar.

    >>> local_day(datetime(2025, 1, 31, 18, 0), "Asia/Ho_Chi_Minh")
    datetime.date(2025, 2, 1)
    """
    return _to_local(moment, timezone).date()


def decide(moment, policy, used):
    """When to contact a person who was contacted ``used`` times (by day) already.

    >>> call = Policy("Asia/Ho_Chi_Minh", begin=8, end=17, cap=1, horizon=2)
    >>> noon = datetime(2026, 3, 2, 5, 0)
    >>> decide(noon, call, {}).why is None, decide(noon, call, {}).moment == noon
    (True, True)
    >>> today, tomorrow = date(2026, 3, 2), date(2026, 3, 3)
    >>> later = decide(noon, call, {today: 1})
    >>> later.day == tomorrow, later.moment, later.why
    (True, datetime.datetime(2026, 3, 3, 1, 0), 'cap')
    >>> decide(noon, call, {today: 1, tomorrow: 1}).day
    datetime.date(2026, 3, 4)
    >>> full = {today: 1, tomorrow: 1, date(2026, 3, 4): 1}
    >>> decide(noon, call, full)
    Decision(day=None, moment=None, why='cap')
    """
    first = next_allowed(moment, policy)
    today = local_day(moment, policy.timezone)
    day = local_day(first, policy.timezone)
    why = HOURS if first != moment else None
    at = first
    while day <= today + timedelta(days=max(policy.horizon, 0)):
        if not policy.cap or used.get(day, 0) < policy.cap:
            return Decision(day, at, why)
        why = CAP
        day += timedelta(days=1)
        at = _begin_of(day, policy)
    return Decision(None, None, why)


def days_ahead(moment, policy):
    """The first and the last day that ``decide`` may look at.

    >>> days_ahead(datetime(2026, 3, 2, 18, 0), Policy("Asia/Ho_Chi_Minh", horizon=1))
    (datetime.date(2026, 3, 3), datetime.date(2026, 3, 4))
    """
    today = local_day(moment, policy.timezone)
    return today, today + timedelta(days=max(policy.horizon, 0))


def clock(hours):
    """Hours of the day as people write them.

    >>> clock(7), clock(17.5), clock(24)
    ('07:00', '17:30', '24:00')
    """
    minutes = round(hours * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def mark(text, label):
    """Put the label of advertising in front of a text, once.

    >>> mark("Khuyến mãi", "[QC]"), mark(" [qc] Khuyến mãi", "[QC]")
    ('[QC] Khuyến mãi', ' [qc] Khuyến mãi')
    >>> mark("Khuyến mãi", ""), mark("", "[QC]")
    ('Khuyến mãi', '')
    """
    text = text or ""
    if not label or not text.strip():
        return text
    if text.lstrip().casefold().startswith(label.casefold()):
        return text
    return f"{label} {text}"


def _to_local(moment, timezone):
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone))


def _begin_of(day, policy):
    """The first allowed moment of a day, in UTC."""
    minutes = round(policy.begin * 60)
    begin = time(minutes // 60, minutes % 60)
    local = datetime.combine(day, begin, tzinfo=ZoneInfo(policy.timezone))
    return local.astimezone(UTC).replace(tzinfo=None)
