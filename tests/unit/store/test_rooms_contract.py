"""Interviews in both stores: a log grows at its end only, links are found by their hash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from torchdojo.app.ports import Store
from torchdojo.domain.interview import Actor, Event, Happening
from torchdojo.domain.room import Link, Room
from torchdojo.interview.log import FIRST_SEAL, sealed, verify_chain
from torchdojo.store.database import DatabaseStore
from torchdojo.store.memory import MemoryStore

NOON = datetime(2026, 3, 1, 12, 0, 0, 123_000, tzinfo=UTC)


@pytest.fixture(params=["database", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = DatabaseStore(tmp_path / "dojo.sqlite3") if request.param == "database" else MemoryStore()
    yield made
    made.close()


def notes(*texts: str, after: Event | None = None) -> list[Event]:
    """Sealed events that follow `after`."""
    events: list[Event] = []
    for text in texts:
        before = events[-1] if events else after
        number, seal = (before.number + 1, before.seal) if before else (1, FIRST_SEAL)
        note = Event(number, NOON, number / 3, Actor.INTERVIEWER, Happening.NOTE, {"text": text})
        events.append(sealed(seal, note))
    return events


def opened(store: Store, name: str = "r1", *texts: str, at: datetime = NOON) -> list[Event]:
    log = notes(*(texts or ("made",)))
    store.add_room(Room(name, at, 0, ""), [Link(f"hash-{name}", name, Actor.CANDIDATE, NOON)], log)
    return log


def test_a_log_comes_back_as_it_was_sealed(store: Store) -> None:
    log = opened(store, "r1", "\0 ü 🙂 \ud83d", "second")
    more = notes("third", after=log[-1])
    assert store.append_events("r1", more)
    assert store.room_events("r1") == log + more
    assert store.room_events("r1", after=2) == more
    room = store.room("r1")
    assert room is not None
    assert room.events == 3
    assert verify_chain(store.room_events("r1"), last_seal=room.last_seal) is None


def test_a_part_of_a_log_is_read_by_kinds(store: Store) -> None:
    log = opened(store, "r1", "first", "second")
    ended = sealed(log[-1].seal, Event(3, NOON, 9.5, Actor.INTERVIEWER, Happening.ENDED, {}))
    assert store.append_events("r1", [ended])
    assert store.room_events("r1", without={Happening.NOTE}) == [ended]
    assert store.room_events("r1", 1, without={Happening.ENDED}) == log[1:]
    assert store.room_data("r1", Happening.NOTE) == [(1 / 3, {"text": "first"}), (2 / 3, {"text": "second"})]
    assert store.room_data("never", Happening.NOTE) == []


def test_events_that_do_not_follow_the_last_one_are_not_kept(store: Store) -> None:
    log = opened(store)
    first = notes("one", after=log[-1])
    assert store.append_events("r1", first)
    assert not store.append_events("r1", notes("a second one of that number", "and one after", after=log[-1]))
    assert not store.append_events("r1", [replace(first[0], number=9)])
    assert not store.append_events("nowhere", notes("lost"))
    assert store.append_events("r1", [])
    assert store.room_events("r1") == log + first


def test_rooms_are_listed_the_latest_first_and_keep_their_logs_apart(store: Store) -> None:
    opened(store, "early", "a")
    opened(store, "late", "b", at=NOON + timedelta(days=1))
    assert [room.id for room in store.rooms()] == ["late", "early"]
    assert [event.data["text"] for event in store.room_events("early")] == ["a"]
    assert store.room("never") is None
    assert store.room_events("never") == []


def test_a_link_is_closed_once(store: Store) -> None:
    opened(store)
    store.add_room_link(Link("h2", "r1", Actor.OBSERVER, NOON))
    store.revoke_room_link("h2", NOON)
    store.revoke_room_link("h2", NOON + timedelta(hours=1))
    store.revoke_room_link("unknown", NOON)
    assert store.room_link("h2") == Link("h2", "r1", Actor.OBSERVER, NOON, NOON)
    assert [link.role for link in store.room_links("r1")] == [Actor.CANDIDATE, Actor.OBSERVER]
    assert store.room_link("unknown") is None


def test_what_is_written_together_is_seen_by_its_writer_and_kept_at_the_end(store: Store) -> None:
    logs = {name: opened(store, name) for name in ("r1", "r2")}
    with store.together():
        for name, log in logs.items():
            logs[name] = log + notes("more", after=log[-1])
            assert store.append_events(name, logs[name][-1:])
            assert store.room_events(name) == logs[name]
            assert not store.append_events(name, logs[name][-1:])
    assert {name: store.room_events(name) for name in logs} == logs
    assert store.append_events("r1", notes("later", after=logs["r1"][-1]))


def test_of_what_is_written_together_nothing_stays_when_it_goes_wrong(store: Store) -> None:
    logs = {name: opened(store, name) for name in ("r1", "r2")}
    with pytest.raises(RuntimeError, match="stop"), store.together():
        for name, log in logs.items():
            assert store.append_events(name, notes("more", after=log[-1]))
        raise RuntimeError("stop")
    assert {name: store.room_events(name) for name in logs} == logs
    assert store.append_events("r1", notes("later", after=logs["r1"][-1]))
