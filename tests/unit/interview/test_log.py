"""A log that was changed after the fact is seen, and the place is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import assume, given
from hypothesis import strategies as st
from tests.unit.interview.events import log_of, logs

from torchdojo.domain.interview import Actor, Event, Happening
from torchdojo.interview.log import FIRST_SEAL, sealed, verify_chain

CHANGES = {
    "data": lambda event: replace(event, data={**event.data, "added": 1}),
    "time": lambda event: replace(event, at=event.at + timedelta(seconds=1)),
    "elapsed": lambda event: replace(event, elapsed=event.elapsed + 1),
    "actor": lambda event: replace(event, actor=next(actor for actor in Actor if actor is not event.actor)),
    "kind": lambda event: replace(event, kind=next(kind for kind in Happening if kind is not event.kind)),
    "seal": lambda event: replace(event, seal="f" * 64),
}


@given(logs)
def test_a_log_as_it_was_written_is_whole(log: list[Event]) -> None:
    assert verify_chain(log) is None
    assert verify_chain(log, last_seal=log[-1].seal) is None


@given(logs, st.data(), st.sampled_from(sorted(CHANGES)))
def test_a_changed_event_is_named(log: list[Event], data: st.DataObject, change: str) -> None:
    at = data.draw(st.integers(0, len(log) - 1))
    log[at] = CHANGES[change](log[at])
    broken = verify_chain(log)
    assert broken is not None
    assert broken.number == at + 1


@given(logs, st.data())
def test_an_event_changed_with_its_own_seal_breaks_the_next(log: list[Event], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(log) - 1))
    before = log[at - 1].seal if at else FIRST_SEAL
    last = log[-1].seal
    log[at] = sealed(before, replace(log[at], data={"text": "never said"}, seal=""))
    assert verify_chain(log, last_seal=last) is not None


@given(logs, st.data())
def test_a_removed_event_is_missed(log: list[Event], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(log) - 1))
    last = log[-1].seal
    del log[at]
    broken = verify_chain(log, last_seal=last)
    assert broken is not None
    assert broken.number == at + 1


@given(logs, st.data())
def test_two_events_in_the_wrong_order_are_seen(log: list[Event], data: st.DataObject) -> None:
    assume(len(log) > 1)
    at = data.draw(st.integers(0, len(log) - 2))
    # Also when their numbers are put right again.
    first, second = log[at], log[at + 1]
    assume(
        (first.actor, first.kind, first.data, first.elapsed) != (second.actor, second.kind, second.data, second.elapsed)
    )
    log[at], log[at + 1] = replace(second, number=first.number), replace(first, number=second.number)
    assert verify_chain(log) is not None


def test_half_a_character_can_be_sealed() -> None:
    log = log_of((Actor.CANDIDATE, Happening.SCRATCH, {"text": "\ud83d"}, 0.0))
    assert verify_chain(log) is None
