"""The log of reviews and what belongs to it, on the database file."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping

from torchdojo.domain.card import Act, Card, CardKind, CardNote, CardState, Phase, Rating, ReviewLog
from torchdojo.store import statements
from torchdojo.store.moments import from_ms, to_ms

#: The setting that remembers which attempts were searched for mistakes.
SEARCHED = "own-cards-searched-to"


class CardTables(abc.ABC):
    """What DatabaseStore does with cards. Every write is one transaction."""

    @abc.abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abc.abstractmethod
    def _writing(self) -> AbstractContextManager[Connection]: ...

    def add_entries(self, histories: Sequence[tuple[Sequence[ReviewLog], CardState]]) -> int:
        """Add to the log of each card, with the state it leads to. Says how many cards' logs took it.

        A log takes entries only where it ends: those sent twice, or made beside newer ones, change nothing.
        """
        taken = 0
        with self._writing() as connection:
            for entries, state in histories:
                length = connection.execute(statements.ENTRIES, {"card": state.card}).scalar_one()
                if not entries or entries[0].place != length:
                    continue
                connection.execute(statements.ADD_ENTRY, [_entry_row(entry) for entry in entries])
                connection.execute(statements.SAVE_STATE, _state_row(state))
                taken += 1
        return taken

    def card_states(self) -> dict[str, CardState]:
        """What the logs lead to, by card."""
        with self._reading() as connection:
            return {row["card"]: _state(row) for row in connection.execute(statements.CARD_STATES).mappings()}

    def card_state(self, card: str) -> CardState | None:
        """What the log of one card leads to; None without a log."""
        with self._reading() as connection:
            row = connection.execute(statements.CARD_STATE, {"card": card}).mappings().one_or_none()
        return None if row is None else _state(row)

    def card_log(self, card: str) -> list[ReviewLog]:
        """The log of one card, in its order."""
        with self._reading() as connection:
            rows = connection.execute(statements.LOG_OF_CARD, {"card": card}).mappings()
            return [_entry(row) for row in rows]

    def log_since(self, moment: datetime) -> list[ReviewLog]:
        """The log of all cards from a moment on."""
        with self._reading() as connection:
            rows = connection.execute(statements.LOG_SINCE, {"since": to_ms(moment)}).mappings()
            return [_entry(row) for row in rows]

    def latest_entries(self, limit: int) -> list[ReviewLog]:
        """The last entries of the log, latest first."""
        with self._reading() as connection:
            rows = connection.execute(statements.LATEST_ENTRIES, {"limit": limit}).mappings()
            return [_entry(row) for row in rows]

    def card_notes(self) -> dict[str, CardNote]:
        """The learner's notes, by card."""
        with self._reading() as connection:
            rows = connection.execute(statements.CARD_NOTES).mappings()
            return {row["card"]: CardNote(row["card"], row["text"], from_ms(row["saved_at"])) for row in rows}

    def save_card_note(self, note: CardNote) -> None:
        """Keep a note in place of the former one; an empty one is removed."""
        with self._writing() as connection:
            if note.text:
                row = {"card": note.card, "text": note.text, "saved_at": to_ms(note.saved_at)}
                connection.execute(statements.SAVE_NOTE, row)
            else:
                connection.execute(statements.DELETE_NOTE, {"card": note.card})

    def own_cards(self) -> list[Card]:
        """The cards from own mistakes, the oldest first."""
        with self._reading() as connection:
            return [_own_card(row) for row in connection.execute(statements.OWN_CARDS).mappings()]

    def searched_for_mistakes(self) -> int:
        """The number of the latest attempt that was searched for mistakes."""
        with self._reading() as connection:
            return int(connection.execute(statements.SETTING, {"name": SEARCHED}).scalar_one_or_none() or 0)

    def save_own_cards(self, cards: Sequence[tuple[Card, int]], searched: int) -> None:
        """Keep cards with the attempt each comes from, and that attempts were searched up to `searched`."""
        with self._writing() as connection:
            for card, attempt in cards:
                connection.execute(statements.SAVE_OWN_CARD, _own_card_row(card, attempt))
            connection.execute(statements.SAVE_SETTING, {"name": SEARCHED, "value": str(searched)})


def _entry_row(entry: ReviewLog) -> dict[str, Any]:
    row = asdict(entry)
    del row["number"]
    rating = None if entry.rating is None else int(entry.rating)
    return row | {"act": str(entry.act), "phase": str(entry.phase), "rating": rating, "at": to_ms(entry.at)}


def _entry(row: RowMapping) -> ReviewLog:
    rating = None if row["rating"] is None else Rating(row["rating"])
    values = {**row, "act": Act(row["act"]), "phase": Phase(row["phase"]), "rating": rating, "at": from_ms(row["at"])}
    return ReviewLog(**values)


def _state_row(state: CardState) -> dict[str, Any]:
    due = None if state.due is None else to_ms(state.due)
    last_review = None if state.last_review is None else to_ms(state.last_review)
    return asdict(state) | {"phase": str(state.phase), "due": due, "last_review": last_review}


def _state(row: RowMapping) -> CardState:
    due = None if row["due"] is None else from_ms(row["due"])
    last_review = None if row["last_review"] is None else from_ms(row["last_review"])
    return CardState(**{**row, "phase": Phase(row["phase"]), "due": due, "last_review": last_review})


def _own_card_row(card: Card, attempt: int) -> dict[str, Any]:
    return {
        "card": card.id,
        "kind": str(card.kind),
        "topic": card.topic,
        "front": card.front,
        "back": card.back,
        "source": card.source,
        "link": card.link,
        "attempt": attempt,
    }


def _own_card(row: RowMapping) -> Card:
    return Card(row["card"], CardKind(row["kind"]), row["topic"], row["front"], row["back"], row["source"], row["link"])
