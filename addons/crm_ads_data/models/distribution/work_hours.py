"""Working hours of shifts, read once for each calendar."""

from datetime import UTC, timedelta

from ...services.worktime import is_within, worked_minutes


class WorkHours:
    """Working hours of calendars around a moment, read once for each calendar."""

    def __init__(self, start, stop):
        self.start = start
        self.stop = stop
        self.by_calendar = {}

    def intervals(self, calendar):
        """Sorted ``(start, stop)`` pairs, naive UTC, leaves taken out."""
        if calendar not in self.by_calendar:
            found = calendar._work_intervals_batch(
                self.start.replace(tzinfo=UTC), self.stop.replace(tzinfo=UTC)
            )[False]
            self.by_calendar[calendar] = [
                tuple(_naive(moment) for moment in pair[:2]) for pair in found
            ]
        return self.by_calendar[calendar]

    def is_working(self, calendar, moment):
        """Whether the moment is working time; without a calendar it always is."""
        return not calendar or is_within(self.intervals(calendar), moment)

    def minutes(self, calendar, start, stop):
        """Working minutes between two naive UTC moments; without a calendar, all."""
        if not calendar:
            return max((stop - start).total_seconds() / 60, 0.0)
        return worked_minutes(self.intervals(calendar), start, stop)

    @classmethod
    def around(cls, moment):
        """The hours of the day around the moment."""
        day = timedelta(days=1)
        return cls(moment - day, moment + day)


def _naive(moment):
    return moment.astimezone(UTC).replace(tzinfo=None)
