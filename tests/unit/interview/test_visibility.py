"""A candidate is sent what is on the list, and nothing that gives an answer away."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from tests.unit.interview.events import SECRET, log_of, logs

from torchdojo.domain.interview import OPEN_TO_CANDIDATES, Actor, Event, Happening
from torchdojo.interview.state import state_of
from torchdojo.interview.visibility import seen_by


@given(logs)
def test_nothing_private_reaches_a_candidate(log: list[Event]) -> None:
    seen = [event for event in (seen_by(Actor.CANDIDATE, each) for each in log) if event is not None]
    assert SECRET not in json.dumps([dict(event.data) for event in seen])
    assert not any(event.seal for event in seen)
    assert SECRET not in repr(state_of(seen))


@given(logs)
def test_the_interviewer_and_the_observer_see_the_log(log: list[Event]) -> None:
    for role in (Actor.INTERVIEWER, Actor.OBSERVER):
        assert [seen_by(role, event) for event in log] == log


@pytest.mark.parametrize("kind", sorted(set(Happening) - OPEN_TO_CANDIDATES))
def test_a_kind_that_is_not_on_the_list_stays_private(kind: Happening) -> None:
    (event,) = log_of((Actor.INTERVIEWER, kind, {"shown": "yes", "bug": "x"}, 0.0))
    if kind is Happening.RELEASED:
        assert seen_by(Actor.CANDIDATE, event) is not None
    else:
        assert seen_by(Actor.CANDIDATE, event) is None


def test_a_nudge_is_shown_only_as_its_text() -> None:
    data = {"nudge": "zero-grad-hint", "text": "Print p.grad.", "price": 4, "bug": "missing-zero-grad"}
    said, shown = log_of(
        (Actor.INTERVIEWER, Happening.NUDGE, data | {"shown": False}, 1.0),
        (Actor.INTERVIEWER, Happening.NUDGE, data | {"shown": True}, 1.0),
    )
    assert seen_by(Actor.CANDIDATE, said) is None
    seen = seen_by(Actor.CANDIDATE, shown)
    assert seen is not None
    assert dict(seen.data) == {"text": "Print p.grad.", "shown": True}


def test_a_candidate_gets_the_own_scratch_notes_back_and_nobody_elses() -> None:
    own, other = log_of(
        (Actor.CANDIDATE, Happening.SCRATCH, {"text": "lr?"}, 0.0),
        (Actor.INTERVIEWER, Happening.SCRATCH, {"text": "weak"}, 0.0),
    )
    assert seen_by(Actor.CANDIDATE, own) is not None
    assert seen_by(Actor.CANDIDATE, other) is None


def test_torchdojo_itself_is_nobody_to_send_to() -> None:
    (event,) = log_of((Actor.SYSTEM, Happening.STARTED, {}, 0.0))
    assert seen_by(Actor.SYSTEM, event) is None


def test_an_open_look_is_its_name_its_price_and_what_there_is_to_see() -> None:
    shown = {"look": "loss", "minutes": 1, "exhibits": [{"title": "losses"}]}
    hidden, look = log_of(
        (Actor.SYSTEM, Happening.HIDDEN, {"exercise": SECRET}, 0.0),
        (Actor.INTERVIEWER, Happening.LOOK, shown | {"seed": SECRET}, 1.0),
    )
    assert [dict(seen.data) for each in (hidden, look) if (seen := seen_by(Actor.CANDIDATE, each))] == [{}, shown]
