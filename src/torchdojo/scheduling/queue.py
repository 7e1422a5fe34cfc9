"""What is due, in which order, and how much of it today."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from torchdojo.domain.card import Card, CardState, Phase, ReviewLog
from torchdojo.scheduling.days import Days
from torchdojo.scheduling.memory import recall

#: A card last answered this much later than now was answered while the clock was wrong; its due date says nothing.
_CLOCK_WAS_WRONG = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many cards a day brings: never seen ones, and answers to those that were."""

    new: int = 15
    reviews: int = 120


@dataclass(frozen=True, slots=True)
class Spent:
    """How much of the limits today has used up."""

    new: int = 0
    reviews: int = 0


@dataclass(frozen=True, slots=True)
class Queue:
    """Card ids in the order to be asked. `held_back` are due as well, but today's limits are reached."""

    learning: tuple[str, ...] = ()
    reviews: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    held_back: int = 0

    def __len__(self) -> int:
        return len(self.learning) + len(self.reviews) + len(self.new)

    @property
    def order(self) -> tuple[str, ...]:
        """All of it: what is being learned first, then what may be forgotten, with new cards spread among it."""
        return (*self.learning, *_woven(self.reviews, self.new))


def is_due(state: CardState, now: datetime, days: Days) -> bool:
    """Whether the card is asked: to the minute while it is learned, on the learner's day once it is."""
    if state.suspended or state.due is None or state.last_review is None:
        return False
    if state.last_review - now > _CLOCK_WAS_WRONG:
        return True
    if state.phase is Phase.REVIEW:
        return days.day_of(state.due) <= days.day_of(now)
    return state.due <= now


def spent(log: Iterable[ReviewLog], now: datetime, days: Days) -> Spent:
    """What the answers of `log` (undone ones left out) used up of today's limits."""
    today = days.day_of(now)
    own = [entry for entry in log if days.day_of(entry.at) == today]
    return Spent(
        new=len({entry.card for entry in own if entry.phase is Phase.NEW}),
        reviews=sum(entry.phase is Phase.REVIEW for entry in own),
    )


def queue(
    cards: Sequence[Card],
    states: Mapping[str, CardState],
    now: datetime,
    days: Days,
    limits: Limits,
    used: Spent,
    *,
    seed: object = 0,
) -> Queue:
    """What to ask now. States of cards that are not among `cards` stay out; `seed` orders what nothing else does."""
    seen = [state for card in cards if (state := states.get(card.id)) is not None]
    due = [state for state in seen if is_due(state, now, days)]
    learning = sorted((s for s in due if s.phase is not Phase.REVIEW), key=lambda s: (s.due or now, s.card))
    reviews = sorted(
        (s for s in due if s.phase is Phase.REVIEW),
        key=lambda s: (round(recall(s, now), 2), random.Random(f"{seed}/{s.card}").random()),
    )
    fresh = [card for card in cards if _is_fresh(states.get(card.id))]
    room_reviews = max(0, limits.reviews - used.reviews)
    room_new = max(0, limits.new - used.new)
    begun = Counter(card.topic for card in cards if not _is_fresh(states.get(card.id)))
    chosen = _by_turns(fresh, begun)[:room_new]
    return Queue(
        learning=tuple(state.card for state in learning),
        reviews=tuple(state.card for state in reviews[:room_reviews]),
        new=tuple(card.id for card in chosen),
        held_back=max(0, len(reviews) - room_reviews) + len(fresh) - len(chosen),
    )


def next_at(states: Iterable[CardState], now: datetime, days: Days) -> datetime | None:
    """When the next card that is being learned comes back today; None when none does."""
    end = days.end_of(days.day_of(now))
    waiting = [s.due for s in states if not s.suspended and s.phase in (Phase.LEARNING, Phase.RELEARNING) and s.due]
    return min((due for due in waiting if now < due < end), default=None)


def _is_fresh(state: CardState | None) -> bool:
    return state is None or (state.phase is Phase.NEW and not state.suspended)


def _by_turns(cards: Sequence[Card], begun: Mapping[str, int]) -> list[Card]:
    """The topics by turns, each in its own order, those of which the fewest cards are `begun` first."""
    met = Counter(begun)
    turns = []
    for card in cards:
        turns.append(met[card.topic])
        met[card.topic] += 1
    return [cards[position] for position in sorted(range(len(cards)), key=turns.__getitem__)]


def _woven(reviews: Sequence[str], new: Sequence[str]) -> list[str]:
    """New cards at even distances among the reviews."""
    places = [((position + 0.5) / len(reviews), card) for position, card in enumerate(reviews)]
    places += [((position + 0.5) / len(new), card) for position, card in enumerate(new)]
    return [card for _, card in sorted(places, key=lambda pair: pair[0])]
