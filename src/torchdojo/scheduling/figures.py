"""Figures about reviewing: what comes when, how much is remembered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from torchdojo.domain.card import CardState, Phase, Rating, ReviewLog
from torchdojo.scheduling.days import Days
from torchdojo.scheduling.queue import is_due


@dataclass(frozen=True, slots=True)
class Retention:
    """Of `asked` cards that came back after a day or more, how many were remembered."""

    asked: int
    remembered: int

    @property
    def share(self) -> float | None:
        """The part that was remembered; None when nothing was asked."""
        return self.remembered / self.asked if self.asked else None


def forecast(states: Iterable[CardState], now: datetime, days: Days, length: int) -> list[tuple[date, int]]:
    """How many cards come back on each of `length` days, today first with everything that is overdue."""
    today = days.day_of(now)
    counts = dict.fromkeys((today + timedelta(days=ahead) for ahead in range(length)), 0)
    for state in states:
        if state.suspended or state.due is None:
            continue
        day = today if is_due(state, now, days) else max(today, days.day_of(state.due))
        if day in counts:
            counts[day] += 1
    return list(counts.items())


def retention(log: Iterable[ReviewLog], now: datetime, days: Days, length: int = 30) -> Retention:
    """Over the last `length` days. Answers while a card is learned or relearned say nothing about remembering."""
    since = days.start_of(days.day_of(now) - timedelta(days=length - 1))
    asked = [entry for entry in log if entry.phase is Phase.REVIEW and since <= entry.at <= now]
    return Retention(len(asked), sum(entry.rating is not Rating.AGAIN for entry in asked))


def answered_by_day(log: Iterable[ReviewLog], now: datetime, days: Days, length: int) -> list[tuple[date, int]]:
    """How many answers were given on each of the last `length` days, today last."""
    today = days.day_of(now)
    counts = dict.fromkeys((today - timedelta(days=ago) for ago in reversed(range(length))), 0)
    for entry in log:
        if (day := days.day_of(entry.at)) in counts:
            counts[day] += 1
    return list(counts.items())
