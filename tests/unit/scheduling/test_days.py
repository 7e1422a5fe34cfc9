"""The learner's day, in any zone, on any clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchdojo.scheduling.days import Days

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Australia/Lord_Howe")

moments = st.datetimes(datetime(2022, 1, 1), datetime(2036, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))
boundaries = st.builds(Days, st.sampled_from(ZONES).map(ZoneInfo), st.integers(0, 23))


@given(boundaries, moments)
def test_every_moment_lies_in_its_day(days: Days, moment: datetime) -> None:
    day = days.day_of(moment)
    assert days.start_of(day) <= moment < days.end_of(day)


@given(boundaries, moments, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_days_follow_each_other(days: Days, moment: datetime, later: timedelta) -> None:
    assert days.day_of(moment) <= days.day_of(moment + later)


@given(boundaries, moments)
def test_a_day_ends_where_the_next_begins(days: Days, moment: datetime) -> None:
    day = days.day_of(moment)
    assert days.day_of(days.end_of(day)) == day + timedelta(days=1)
    assert days.day_of(days.end_of(day) - timedelta(microseconds=1)) == day


def test_an_evening_that_goes_on_past_midnight_is_one_day() -> None:
    days = Days(ZoneInfo("Europe/Berlin"), 4)
    at_half_past_one = datetime(2026, 6, 2, 23, 30, tzinfo=UTC)
    assert days.day_of(at_half_past_one) == date(2026, 6, 2)
    assert days.day_of(at_half_past_one + timedelta(hours=2, minutes=30)) == date(2026, 6, 3)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 3, 28), 23),  # the clock is put forward in the small hours of the 29th
        (date(2026, 10, 24), 25),  # and back on the 25th of October
        (date(2026, 6, 1), 24),
    ],
)
def test_days_on_which_the_clock_is_changed(day: date, hours: int) -> None:
    days = Days(ZoneInfo("Europe/Berlin"), 4)
    assert days.end_of(day) - days.start_of(day) == timedelta(hours=hours)
