"""The log of reviews and what belongs to it, without a disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from torchdojo.domain.card import Card, CardNote, CardState, ReviewLog
from torchdojo.store.moments import from_ms, to_ms


class CardMemory:
    """What MemoryStore does with cards."""

    def __init__(self) -> None:
        super().__init__()
        self._log: list[ReviewLog] = []
        self._states: dict[str, CardState] = {}
        self._notes: dict[str, CardNote] = {}
        self._own_cards: dict[str, tuple[Card, int]] = {}
        self._searched = 0

    def add_entries(self, histories: Sequence[tuple[Sequence[ReviewLog], CardState]]) -> int:
        """Add to the log of each card where it ends, with the state it leads to."""
        taken = 0
        for entries, state in histories:
            if not entries or entries[0].place != len(self.card_log(state.card)):
                continue
            for entry in entries:
                at = from_ms(to_ms(entry.at))
                self._log.append(replace(entry, at=at, number=len(self._log) + 1))
            self._states[state.card] = state
            taken += 1
        return taken

    def card_states(self) -> dict[str, CardState]:
        """What the logs lead to, by card."""
        return dict(self._states)

    def card_state(self, card: str) -> CardState | None:
        """What the log of one card leads to; None without a log."""
        return self._states.get(card)

    def card_log(self, card: str) -> list[ReviewLog]:
        """The log of one card, in its order."""
        return [entry for entry in self._log if entry.card == card]

    def log_since(self, moment: datetime) -> list[ReviewLog]:
        """The log of all cards from a moment on."""
        return [entry for entry in self._log if entry.at >= moment]

    def latest_entries(self, limit: int) -> list[ReviewLog]:
        """The last entries of the log, latest first."""
        return self._log[::-1][:limit]

    def card_notes(self) -> dict[str, CardNote]:
        """The learner's notes, by card."""
        return dict(self._notes)

    def save_card_note(self, note: CardNote) -> None:
        """Keep a note in place of the former one; an empty one is removed."""
        self._notes.pop(note.card, None)
        if note.text:
            self._notes[note.card] = replace(note, saved_at=from_ms(to_ms(note.saved_at)))

    def own_cards(self) -> list[Card]:
        """The cards from own mistakes, the oldest first."""
        by_attempt = sorted(self._own_cards.values(), key=lambda pair: (pair[1], pair[0].id))
        return [card for card, _ in by_attempt]

    def searched_for_mistakes(self) -> int:
        """The number of the latest attempt that was searched for mistakes."""
        return self._searched

    def save_own_cards(self, cards: Sequence[tuple[Card, int]], searched: int) -> None:
        """Keep cards with the attempt each comes from, and that attempts were searched up to `searched`."""
        self._own_cards |= {card.id: (card, attempt) for card, attempt in cards}
        self._searched = searched
