"""An interview once more: what can be jumped to, who may, and what is said of a log that was changed."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from tests.unit.rehearsing.kit import Times

from torchdojo.app.compose import Dojo
from torchdojo.app.interview_acts import act
from torchdojo.app.interview_runs import ask_run, carry_out
from torchdojo.app.interviewing import LiveRoom
from torchdojo.app.invitations import new_room
from torchdojo.app.replaying import fault_of, replay
from torchdojo.app.shared_text import SharedText
from torchdojo.domain.errors import BadInput
from torchdojo.domain.interview import Actor


@pytest.fixture
def room(dojo: Dojo, times: Times) -> LiveRoom:
    """Two runs: the first fixes a bug, the second breaks it again."""
    live = LiveRoom(dojo, new_room(dojo, "tiny-regressor").room, monotonic=times.monotonic)
    act(live, Actor.INTERVIEWER, {"act": "start"})
    for text in ("# missing-zero-grad\n", "# nothing\n"):
        times.passed += 60
        live.write(text)
        carry_out(dojo, ask_run(live, Actor.CANDIDATE), lambda steps: live.append(*steps) and None, monotonic=lambda: 0)
    times.passed += 60
    act(live, Actor.INTERVIEWER, {"act": "nudge", "nudge": "", "text": "Look up.", "price": 2, "shown": False})
    act(live, Actor.INTERVIEWER, {"act": "note", "text": "calm", "tag": "strength"})
    act(live, Actor.INTERVIEWER, {"act": "end"})
    return live


def test_runs_bugs_nudges_and_notes_are_moments_at_their_time(room: LiveRoom, dojo: Dojo) -> None:
    made = replay(dojo, room.id, Actor.INTERVIEWER)
    assert fault_of(dojo, room.id) == ""
    assert made.length == 180
    told = [(moment.elapsed, moment.kind, moment.text) for moment in made.moments]
    assert told == [
        (0, "clock", "Start"),
        (0, "stage", "0 Setup"),
        (60, "run", "Run 1"),
        (60, "run", "Run 1: wrong answer"),
        (60, "bug", "Fixed: Gradients never cleared"),
        (120, "run", "Run 2"),
        (120, "run", "Run 2: wrong answer"),
        (120, "bug", "Open again: Gradients never cleared"),
        (180, "nudge", "Nudge (−2): Look up."),
        (180, "note", "Strength: calm"),
        (180, "clock", "End"),
    ]


def test_the_changes_make_the_text_at_every_moment(room: LiveRoom, dojo: Dojo) -> None:
    edits = replay(dojo, room.id, Actor.OBSERVER).edits
    until = [base64.b64decode(update) for elapsed, update in edits if elapsed <= 60]
    assert SharedText(until).text == "# missing-zero-grad\n"
    assert SharedText(base64.b64decode(update) for _, update in edits).text == "# nothing\n"


def test_a_candidate_watches_only_what_was_released_and_without_what_is_private(room: LiveRoom, dojo: Dojo) -> None:
    with pytest.raises(BadInput, match="not released"):
        replay(dojo, room.id, Actor.CANDIDATE)
    act(room, Actor.INTERVIEWER, {"act": "release", "what": "replay"})
    made = replay(dojo, room.id, Actor.CANDIDATE)
    kinds = [moment.kind for moment in made.moments]
    assert kinds == ["clock", "run", "run", "clock", "clock"]
    assert made.edits == replay(dojo, room.id, Actor.INTERVIEWER).edits


def test_a_log_that_was_changed_is_said_to_be(room: LiveRoom, dojo: Dojo) -> None:
    log = dojo.store._events[room.id]  # type: ignore[attr-defined]
    log[7] = replace(log[7], data=dict(log[7].data) | {"run": 9})
    assert "event 8" in fault_of(dojo, room.id)


def test_an_unknown_room_is_refused(dojo: Dojo) -> None:
    with pytest.raises(BadInput, match="no room"):
        replay(dojo, "nowhere", Actor.INTERVIEWER)
