"""When a step of care is due, and whose birthday it is. No ORM.

Moments are naive UTC, as Odoo stores them; days and hours of the day are those of the
time zone.
"""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def day_begins(day, timezone):
    """The moment at which a day begins.

    >>> day_begins(date(2026, 3, 2), "Asia/Ho_Chi_Minh")
    datetime.datetime(2026, 3, 1, 17, 0)
    """
    return _to_utc(datetime.combine(day, time()), timezone)


def plan(moment, timezone, days=0, hours=0, clock=None):
    """The moment of a step that waits from ``moment`` on.

    Days and hours are waited first. With a ``clock`` (9.5 is 09:30) the step is due at
    that time of the day thus reached, on the next one when it is over.

    >>> zone = "Asia/Ho_Chi_Minh"
    >>> noon = datetime(2026, 3, 2, 5, 0)
    >>> plan(noon, zone, hours=2)
    datetime.datetime(2026, 3, 2, 7, 0)
    >>> plan(noon, zone, days=7, clock=9)  # seven days on, though earlier in the day
    datetime.datetime(2026, 3, 9, 2, 0)
    >>> plan(noon, zone, clock=15)
    datetime.datetime(2026, 3, 2, 8, 0)
    >>> plan(noon, zone, clock=9)  # over for today
    datetime.datetime(2026, 3, 3, 2, 0)
    >>> plan(datetime(2026, 3, 2, 16, 0), zone, hours=2, clock=8.5)  # 01:00 next day
    datetime.datetime(2026, 3, 3, 1, 30)

    The clock stays where it is when summer time begins:

    >>> plan(datetime(2026, 3, 28, 8, 0), "Europe/Paris", days=1)
    datetime.datetime(2026, 3, 29, 7, 0)
    """
    later = _to_local(moment + timedelta(hours=hours), timezone)
    later = later.replace(tzinfo=None) + timedelta(days=days)
    if clock is None:
        return _to_utc(later, timezone)
    minutes = round(clock * 60)
    begin = datetime.combine(later.date(), time())
    planned = begin + timedelta(minutes=minutes)
    if planned < later and not days:
        planned += timedelta(days=1)
    return _to_utc(planned, timezone)


def birthdays_on(day):
    """Which birthdays are kept on a day, as (month, day).

    >>> birthdays_on(date(2026, 3, 2))
    [(3, 2)]

    Whoever was born on 29 February is not left out in other years:

    >>> birthdays_on(date(2026, 2, 28))
    [(2, 28), (2, 29)]
    >>> birthdays_on(date(2028, 2, 28)), birthdays_on(date(2028, 2, 29))
    ([(2, 28)], [(2, 29)])
    """
    found = [(day.month, day.day)]
    if found == [(2, 28)] and not calendar.isleap(day.year):
        found.append((2, 29))
    return found


def recent_birthdays(day, days):
    """The birthdays of a day and of those just before it, for a run that comes late.

    >>> recent_birthdays(date(2027, 1, 1), 2)
    [(1, 1, 2027), (12, 31, 2026)]
    """
    return [
        (month, number, kept.year)
        for kept in (day - timedelta(days=back) for back in range(days))
        for month, number in birthdays_on(kept)
    ]


def _to_local(moment, timezone):
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone))


def _to_utc(moment, timezone):
    aware = moment.replace(tzinfo=ZoneInfo(timezone))
    return aware.astimezone(UTC).replace(tzinfo=None)


__all__ = ["birthdays_on", "date", "day_begins", "plan", "recent_birthdays"]
