"""Cards in both stores: an answer counts once, and the stored state is what the log leads to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from torchdojo.app.ports import Store
from torchdojo.domain.card import Act, Card, CardKind, CardNote, CardState, Rating, ReviewLog
from torchdojo.domain.report import Report, Verdict
from torchdojo.scheduling.replaying import advanced, replayed
from torchdojo.store.database import DatabaseStore
from torchdojo.store.memory import MemoryStore

NOON = datetime(2026, 3, 1, 12, 0, 0, 123_000, tzinfo=UTC)


@pytest.fixture(params=["database", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = DatabaseStore(tmp_path / "dojo.sqlite3") if request.param == "database" else MemoryStore()
    yield made
    made.close()


def answer(store: Store, card: str, rating: Rating, at: datetime = NOON, *, place: int | None = None) -> bool:
    """Answer as the application does; says whether it was counted."""
    state = store.card_state(card) or CardState(card)
    at_place = state.entries if place is None else place
    entry = ReviewLog(card, at_place, Act.REVIEW, at, rating, state.phase, 0.9, 365, took_ms=1500)
    return store.add_entries([([entry], advanced(state, entry))]) == 1


def test_the_stored_state_is_what_the_log_leads_to(store: Store) -> None:
    for days, rating in enumerate((Rating.GOOD, Rating.GOOD, Rating.AGAIN, Rating.EASY)):
        assert answer(store, "facts/ä", rating, NOON + timedelta(days=3 * days))
    assert store.card_state("facts/ä") == replayed("facts/ä", store.card_log("facts/ä"))
    assert store.card_states() == {"facts/ä": store.card_state("facts/ä")}
    assert store.card_state("facts/b") is None


def test_an_answer_sent_twice_counts_once(store: Store) -> None:
    assert answer(store, "facts/a", Rating.GOOD)
    before = store.card_state("facts/a")
    assert not answer(store, "facts/a", Rating.GOOD, place=0)
    assert not answer(store, "facts/a", Rating.AGAIN, place=0)
    assert not answer(store, "facts/a", Rating.AGAIN, place=7)
    assert store.card_state("facts/a") == before
    assert len(store.card_log("facts/a")) == 1


def test_histories_that_do_not_fit_are_left_out_and_others_taken(store: Store) -> None:
    answer(store, "facts/a", Rating.GOOD)
    entries = [ReviewLog("facts/b", n, Act.REVIEW, NOON, Rating.GOOD, retention=0.9, most_days=9) for n in range(2)]
    other = ReviewLog("facts/a", 0, Act.REVIEW, NOON, Rating.EASY, retention=0.9, most_days=9)
    histories = [([other], CardState("facts/a", 1)), (entries, replayed("facts/b", entries))]
    assert store.add_entries(histories) == 1
    assert [entry.rating for entry in store.card_log("facts/a")] == [Rating.GOOD]
    assert store.card_state("facts/b") == replayed("facts/b", store.card_log("facts/b"))


def test_the_log_is_read_by_time_and_from_its_end(store: Store) -> None:
    answer(store, "facts/a", Rating.GOOD, NOON)
    answer(store, "facts/b", Rating.HARD, NOON + timedelta(hours=1))
    answer(store, "facts/c", Rating.EASY, NOON - timedelta(hours=1))
    assert [entry.card for entry in store.log_since(NOON)] == ["facts/a", "facts/b"]
    assert [entry.card for entry in store.latest_entries(2)] == ["facts/c", "facts/b"]


def test_notes_are_kept_replaced_and_removed(store: Store) -> None:
    store.save_card_note(CardNote("facts/a", "first", NOON))
    store.save_card_note(CardNote("facts/a", "second\n$x$", NOON))
    store.save_card_note(CardNote("facts/b", "other", NOON))
    store.save_card_note(CardNote("facts/b", "", NOON))
    assert store.card_notes() == {"facts/a": CardNote("facts/a", "second\n$x$", NOON)}


def test_own_cards_are_kept_with_how_far_was_searched(store: Store) -> None:
    assert store.searched_for_mistakes() == 0
    first = Card("mistake/x/1", CardKind.BASIC, "losses", "front", "back", "from", "exercise:x")
    newer = Card("mistake/x/1", CardKind.BASIC, "losses", "newer front", "back")
    other = Card("mistake/y/1", CardKind.DRILL, "losses", "front", "back")
    store.save_own_cards([(first, 3)], 3)
    store.save_own_cards([(newer, 5), (other, 4)], 6)
    assert store.own_cards() == [other, newer]
    assert store.searched_for_mistakes() == 6


def test_attempts_are_read_on_from_a_number(store: Store) -> None:
    report = Report(exercise="x", kind="debug", verdict=Verdict.WRONG_ANSWER, score=0.5)
    made = [
        store.add_attempt(exercise="x", source=str(n), submitted_at=NOON, report=report, origin="cli").id
        for n in range(4)
    ]
    assert [attempt.id for attempt in store.attempts_after(made[0], 2)] == made[1:3]
