"""The state of a card from its log: the log is the truth, a stored state only saves the time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from torchdojo.domain.card import Act, CardState, ReviewLog
from torchdojo.scheduling.memory import Tuning, answered

#: A card that was forgotten this often is a leech, and again after every few more times.
LEECH_LAPSES = 6
LEECH_AGAIN = 3


def advanced(state: CardState, entry: ReviewLog) -> CardState:
    """`state` after `entry`, which is no undo."""
    if entry.act is Act.REVIEW:
        assert entry.rating is not None
        return answered(state, entry.rating, entry.at, Tuning(entry.retention, entry.most_days))
    return replace(state, entries=state.entries + 1, suspended=entry.act is Act.SUSPEND)


def replayed(card: str, log: Iterable[ReviewLog]) -> CardState:
    """The state that the whole log of `card` leads to. An entry that was undone counts as if it had never been."""
    entries = sorted(log, key=lambda entry: entry.place)
    undone = {entry.undone for entry in entries if entry.act is Act.UNDO}
    state = CardState(card)
    for entry in entries:
        if entry.act is Act.UNDO or entry.place in undone:
            state = replace(state, entries=state.entries + 1)
        else:
            # The spread of the intervals depends on the place, also behind entries that were undone.
            state = advanced(replace(state, entries=entry.place), entry)
    return state


def standing_entries(log: Iterable[ReviewLog]) -> list[ReviewLog]:
    """The answers that were not undone, in the order of the log."""
    entries = list(log)
    undone = {(entry.card, entry.undone) for entry in entries if entry.act is Act.UNDO}
    return [entry for entry in entries if entry.act is Act.REVIEW and (entry.card, entry.place) not in undone]


def becomes_leech(before: CardState, after: CardState) -> bool:
    """Whether the answer between the two was the one lapse too many."""
    over = after.lapses - LEECH_LAPSES
    return after.lapses > before.lapses and over >= 0 and over % LEECH_AGAIN == 0


def is_leech(state: CardState) -> bool:
    """Whether the card was forgotten so often that another way to learn it is due."""
    return state.lapses >= LEECH_LAPSES
