"""The learner's day: it begins at an hour of their own time zone, whatever the clocks do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class Days:
    """Days that begin at `hour` o'clock in `zone`. Moments are given and returned in UTC."""

    zone: tzinfo
    hour: int = 4

    def day_of(self, moment: datetime) -> date:
        """The day that `moment` belongs to."""
        # On the clock on the wall: in a night when it is put back, an hour belongs to the same day twice.
        shown = moment.astimezone(self.zone).replace(tzinfo=None)
        return (shown - timedelta(hours=self.hour)).date()

    def start_of(self, day: date) -> datetime:
        """The first moment of `day`."""
        return datetime.combine(day, time(self.hour), self.zone).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """The first moment of the day after `day`."""
        return self.start_of(day + timedelta(days=1))
