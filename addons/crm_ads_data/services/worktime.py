"""How much of a span of time was working time.

>>> day = [(datetime(2025, 3, 3, 1), datetime(2025, 3, 3, 5))]
>>> day += [(datetime(2025, 3, 3, 6), datetime(2025, 3, 3, 10))]
>>> worked_minutes(day, datetime(2025, 3, 3, 4, 30), datetime(2025, 3, 3, 6, 15))
45.0
>>> worked_minutes(day, datetime(2025, 3, 2), datetime(2025, 3, 4))
480.0
>>> worked_minutes(day, datetime(2025, 3, 4), datetime(2025, 3, 3))
0.0

>>> is_within(day, datetime(2025, 3, 3, 1)), is_within(day, datetime(2025, 3, 3, 5))
(True, False)
"""

from bisect import bisect_right
from datetime import timedelta


def worked_minutes(intervals, start, stop):
    """Minutes of ``[start, stop)`` that lie within ``intervals``.

    :param intervals: sorted list of ``(start, stop)`` that do not overlap
    :param datetime start: beginning of the span
    :param datetime stop: its end
    """
    total = timedelta()
    index = max(bisect_right(intervals, start, key=lambda pair: pair[0]) - 1, 0)
    for begin, end in intervals[index:]:
        if begin >= stop:
            break
        total += max(min(end, stop) - max(begin, start), timedelta())
    return total.total_seconds() / 60


def is_within(intervals, moment):
    """Whether ``moment`` lies in one of the sorted ``intervals``; ends are outside."""
    index = bisect_right(intervals, moment, key=lambda pair: pair[0]) - 1
    return index >= 0 and moment < intervals[index][1]
