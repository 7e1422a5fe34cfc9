"""Two interviewers in one room: whose an event is, and when each may see what the other gave.

An event says by whom it is in `by`. Logs written before there were two have none: what they hold is the first one's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torchdojo.domain.interview import Event, Happening

#: The interviewer who was there from the beginning, a second one, and whoever only reads along.
FIRST, SECOND, NOBODY = 1, 2, 0

#: What an interviewer thinks; everything else in a log happened, whoever looks.
APART = frozenset(
    {Happening.SIGNAL, Happening.ASKED, Happening.LOOK_FOR, Happening.BONUS, Happening.FLAG, Happening.NOTE}
)


@dataclass(frozen=True, slots=True)
class Scoring:
    """How far the scoring is: how many interviewers there are, who of them has handed in, whether it was closed."""

    interviewers: int = 1
    handed_in: tuple[int, ...] = ()
    closed: bool = False

    @property
    def revealed(self) -> bool:
        """Whether each sees what the other gave: both have handed in, or the host closed the scoring."""
        return self.interviewers > 1 and (self.closed or {FIRST, SECOND} <= set(self.handed_in))

    @property
    def apart(self) -> bool:
        """Whether what the two gave is still kept from each other."""
        return self.interviewers > 1 and not self.revealed

    def is_final(self, seat: int) -> bool:
        """Whether what that one gave stays as it is."""
        return self.interviewers > 1 and (self.closed or seat in self.handed_in)

    def after(self, event: Event) -> Scoring:
        """How far it is after that event."""
        if event.kind is Happening.CREATED:
            return Scoring(2 if event.data.get("interviewers") == 2 else 1)
        if event.kind is Happening.INVITED:
            return Scoring(2, self.handed_in, self.closed)
        if event.kind is Happening.HANDED_IN and seat_of(event) not in self.handed_in:
            return Scoring(self.interviewers, (*self.handed_in, seat_of(event)), self.closed)
        if event.kind is Happening.SCORING_CLOSED:
            return Scoring(self.interviewers, self.handed_in, True)
        return self


def seat_of(event: Event) -> int:
    """Whose event it is."""
    return SECOND if event.data.get("by") == SECOND else FIRST


def scoring_of(events: Iterable[Event]) -> Scoring:
    """How far the scoring is at the end of a log."""
    scoring = Scoring()
    for event in sorted(events, key=lambda event: event.number):
        scoring = scoring.after(event)
    return scoring


def of_seat(seat: int, events: Iterable[Event]) -> list[Event]:
    """What happened, with what that one thought of it and nobody else did; for `NOBODY` without any of it."""
    return [event for event in events if event.kind not in APART or seat_of(event) == seat]


def shown_to(seat: int, events: Iterable[Event]) -> list[Event]:
    """What that one may be shown of a log. Whoever reads along with two sees what happened, and no score ever."""
    log = list(events)
    scoring = scoring_of(log)
    if scoring.interviewers == 1 or (scoring.revealed and seat != NOBODY):
        return log
    return of_seat(seat, log)
