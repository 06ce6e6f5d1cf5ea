"""When a person may be contacted. No ORM: moments in, a decision out.

Moments are naive UTC, as Odoo stores them; hours are those of the company's time zone.
The hours of a day are half-open: with 07:00–22:00, 22:00 is too late. Caps hold for any
24 hours (Decree 91/2020, articles 13 to 15), not for a date of the calendar.

>>> sms = Policy("Asia/Ho_Chi_Minh", begin=7, end=22, cap=3)
>>> evening = datetime(2026, 3, 2, 15, 30)  # 22:30 in Vietnam
>>> decide(evening, sms, [])
Decision(moment=datetime.datetime(2026, 3, 3, 0, 0), why='hours')
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOURS = "hours"
CAP = "cap"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for one channel and kind of message.

    ``begin`` and ``end`` are hours of the day (7.5 is 07:30), 0 and 24 the whole day;
    ``cap`` is how often one person is contacted within 24 hours, 0 for any number;
    ``horizon`` is how many days after today a message may wait for.
    """

    timezone: str
    begin: float = 0.0
    end: float = 24.0
    cap: int = 0
    horizon: int = 7


@dataclass(frozen=True, slots=True)
class Decision:
    """The moment of sending, and why not at once: ``None``, ``"hours"`` or ``"cap"``.
    Without a ``moment`` there is none that would be soon enough."""

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
    """When to contact a person who was, or is to be, contacted at ``used`` moments.

    >>> call = Policy("Asia/Ho_Chi_Minh", begin=8, end=17, cap=1, horizon=2)
    >>> noon = datetime(2026, 3, 2, 5, 0)
    >>> decide(noon, call, []) == Decision(noon, None)
    True
    >>> decide(noon, call, [noon - timedelta(hours=1)])  # 11:00 the next day
    Decision(moment=datetime.datetime(2026, 3, 3, 4, 0), why='cap')
    >>> decide(noon, call, [noon - timedelta(hours=24)]).why is None
    True

    A contact that is planned already counts as well, and the next one may be too late:

    >>> planned = [noon + timedelta(hours=22, minutes=-30)]  # 9:30 the next day
    >>> decide(noon, call, planned)
    Decision(moment=datetime.datetime(2026, 3, 4, 2, 30), why='cap')
    >>> decide(noon, call, [*planned, noon + timedelta(hours=46)])
    Decision(moment=None, why='cap')
    """
    first = next_allowed(moment, policy)
    last = local_day(moment, policy.timezone) + timedelta(days=max(policy.horizon, 0))
    freed = {next_allowed(at + DAY, policy) for at in used if at + DAY > first}
    for at in sorted({first, *freed}):
        if local_day(at, policy.timezone) > last:
            why = HOURS if at == first else CAP
            return Decision(None, why)
        if not policy.cap or _fits(at, used, policy.cap):
            if at != first:
                return Decision(at, CAP)
            return Decision(at, None if first == moment else HOURS)
    return Decision(None, CAP)


def _fits(at, used, cap):
    """Whether no 24 hours hold more than ``cap`` moments when ``at`` is added.

    >>> day = datetime(2026, 3, 2)
    >>> used = [day + timedelta(hours=hour) for hour in (1, 20)]
    >>> [_fits(day + timedelta(hours=hour), used, 2) for hour in (0, 21, 25, 44)]
    [False, False, True, True]
    """
    times = sorted([*used, at])
    return not any(
        last - first < DAY and first <= at <= last
        for first, last in zip(times, times[cap:], strict=False)
    )


def clock(hours):
    """Hours of the day as people write them.

    >>> clock(7), clock(17.5), clock(24)
    ('07:00', '17:30', '24:00')
    """
    minutes = round(hours * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _to_local(moment, timezone):
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone))


def _begin_of(day, policy):
    """The first allowed moment of a day, in UTC."""
    minutes = round(policy.begin * 60)
    begin = time(minutes // 60, minutes % 60)
    local = datetime.combine(day, begin, tzinfo=ZoneInfo(policy.timezone))
    return local.astimezone(UTC).replace(tzinfo=None)
