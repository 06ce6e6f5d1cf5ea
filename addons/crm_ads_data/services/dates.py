"""Moments as exports and hand-kept lists write them, as naive UTC.

>>> parse_moment("2026-10-30T19:30:09+07:00")
datetime.datetime(2026, 10, 30, 12, 30, 9)
>>> parse_moment("1/10", year=2026)  # a day of the business, in its own time zone
datetime.datetime(2026, 9, 30, 17, 0)
"""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))

_ISO = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*", re.DOTALL)
_DAY = re.compile(
    r"(?P<day>[0-9]{1,2})[/.\-](?P<month>[0-9]{1,2})"
    r"(?:[/.\-](?P<year>[0-9]{4}|[0-9]{2}))?"
)
_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:[:h](?P<minute>[0-9]{2}))(?::(?P<second>[0-9]{2}))?"
    r"(?:\s*(?P<half>[ap])\.?m\.?)?",
    re.IGNORECASE,
)


def parse_moment(text, tz=VIETNAM, year=None):
    """The moment in naive UTC; None for anything that is no date.

    Without an offset of its own it is local time of ``tz`` (a fixed offset or a
    ``zoneinfo.ZoneInfo``); a day and month without year are of ``year``. Days stand
    before months, unless only the other order makes a date.

    >>> parse_moment("08:30 02/10/2026"), parse_moment("2026-10-02 08:30:00")
    (datetime.datetime(2026, 10, 2, 1, 30), datetime.datetime(2026, 10, 2, 1, 30))
    >>> parse_moment("10/31/2026 7:05 PM")
    datetime.datetime(2026, 10, 31, 12, 5)
    >>> parse_moment("31/02/2026"), parse_moment("hôm qua"), parse_moment("1/10")
    (None, None, None)
    """
    text = text.strip().lstrip("'")
    try:
        moment = _parse_iso(text) or _parse_written(text, year)
        if moment and moment.tzinfo is None:
            moment = moment.replace(tzinfo=tz)
        return moment and moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def parse_day(text, month_first=False):
    """The day that a text names, without any time zone; None for anything else.

    >>> parse_day("2026-10-01"), parse_day("01/10/2026"), parse_day("2026-10-01T00:00")
    (datetime.date(2026, 10, 1), datetime.date(2026, 10, 1), datetime.date(2026, 10, 1))
    >>> parse_day("10/01/2026", month_first=True), parse_day("2026-02-30")
    (datetime.date(2026, 10, 1), None)
    >>> parse_day("2026-10-01 - 2026-10-07"), parse_day("1/10")
    (None, None)
    """
    text = text.strip().lstrip("'").strip()
    try:
        moment = _parse_iso(text) or _parse_written(text, None, month_first)
    except (ValueError, OverflowError):
        return None
    return moment and moment.date()


def is_month_first(texts):
    """True when months stand first: no first number is over 12, but a second one is.

    >>> is_month_first(["10/01/2026", "10/31/2026"]), is_month_first(["01/10/2026"])
    (True, False)
    """
    pairs = [
        (int(match["day"]), int(match["month"]))
        for match in map(_DAY.fullmatch, map(str.strip, texts))
        if match
    ]
    return any(second > 12 for _first, second in pairs) and not any(
        first > 12 for first, _second in pairs
    )


def common_year(texts):
    """The year that most of the dates tell; None when none of them does.

    >>> common_year(["2026-10-01", "1/10", "03/10/2026", "31/12/2025", ""])
    2026
    """
    years = Counter()
    for text in texts:
        match = _ISO.match(text) or _DAY.match(text)
        year = text[:4] if match and match.re is _ISO else match and match["year"]
        if year:
            years[_full_year(year)] += 1
    return years.most_common(1)[0][0] if years else None


def _parse_iso(text):
    if not _ISO.fullmatch(text):
        return None
    return datetime.fromisoformat(text.replace(" UTC", "+00:00"))


def _parse_written(text, default_year, month_first=False):
    match = _DAY.search(text)
    year = match and (match["year"] or default_year)
    if not year:
        return None
    beside = f"{text[: match.start()]} {text[match.end() :]}".strip(" ,;-T\t")
    time = _TIME.fullmatch(beside)
    if beside and not time:
        return None
    day, month = int(match["day"]), int(match["month"])
    if month > 12 >= day or (month_first and day <= 12):
        day, month = month, day
    return datetime(_full_year(year), month, day, *_clock(time))


def _clock(match):
    if not match:
        return 0, 0, 0
    hour, minute, second = (
        int(match[name] or 0) for name in ("hour", "minute", "second")
    )
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    return hour, minute, second


def _full_year(year):
    year = int(year)
    return year + 2000 if year < 100 else year
