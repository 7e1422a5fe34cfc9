"""Looks in a room without anybody in it: what is refused, what two programs do at once, what the report makes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from torchdojo.app.compose import Dojo, open_dojo
from torchdojo.app.interview_acts import act
from torchdojo.app.interview_reports import FORMS, candidate_paper, full_report, interviewer_paper
from torchdojo.app.interviewing import LiveRoom
from torchdojo.app.invitations import new_room
from torchdojo.app.practice import starter
from torchdojo.app.rehearsing import new_mock
from torchdojo.app.replaying import replay
from torchdojo.app.room_looks import ask_look, exhibits_of, look_up, open_look
from torchdojo.domain.errors import BadInput
from torchdojo.domain.interview import Actor, Happening
from torchdojo.domain.looks import Exhibit, Line, Look, Recording
from torchdojo.interview.scoring import score
from torchdojo.store.memory import MemoryStore

CANDIDATE, INTERVIEWER = Actor.CANDIDATE, Actor.INTERVIEWER
SLUG = "spiral-classifier"


class Hours:
    """A clock in seconds that the test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Recorder:
    """Something to see at every look, with a value that is not finite."""

    isolation = "full"

    def record(self, exercise: Any, source: str, **_: Any) -> Recording:
        lines = (Line("first.layer", (1, 2), (1.0, None)),)
        return Recording({look: (Exhibit(f"seen in {look}", lines=lines),) for look in Look})

    def close(self) -> None:
        """It holds nothing."""


@pytest.fixture
def dojo(tmp_path: Path) -> Iterator[Dojo]:
    with open_dojo(environment={"TORCHDOJO_HOME": str(tmp_path)}, with_grader=False) as opened:
        yield replace(opened, store=MemoryStore(), grader=Recorder())  # type: ignore[arg-type]


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def room(dojo: Dojo, hours: Hours) -> LiveRoom:
    live = LiveRoom(dojo, new_room(dojo, "diagnosis", exercise=SLUG).room, monotonic=hours)
    act(live, INTERVIEWER, {"act": "start"})
    return live


def look(room: LiveRoom, name: str, role: Actor = CANDIDATE) -> None:
    asked = ask_look(room, role, name)
    open_look(room, asked, look_up(room.dojo, asked))


@pytest.fixture
def held(room: LiveRoom, hours: Hours) -> LiveRoom:
    """Two looks, one of them opened by the interviewer, then the script."""
    for minute, name, role in ((2, "loss", CANDIDATE), (5, "batch", INTERVIEWER), (9, "script", CANDIDATE)):
        hours.now = minute * 60.0
        look(room, name, role)
    hours.now = 1200.0
    act(room, INTERVIEWER, {"act": "end"})
    return room


@pytest.mark.parametrize("make", [new_room, new_mock], ids=["room", "mock"])
def test_an_exercise_without_a_run_is_refused(dojo: Dojo, make: Any) -> None:
    with pytest.raises(BadInput, match=r"begins with looks at a run, and layer-norm, an exercise to implement") as told:
        make(dojo, "diagnosis", exercise="layer-norm")
    assert "--drill-seed" in told.value.cure
    with pytest.raises(BadInput, match="needs an exercise"):
        make(dojo, "diagnosis")


def test_only_the_script_brings_a_text(room: LiveRoom, dojo: Dojo) -> None:
    with pytest.raises(BadInput, match="still hidden"):
        room.write("import torch\n")
    look(room, "loss")
    assert (room.text.text, room.state.script_hidden) == ("", True)
    look(room, "script")
    assert room.text.text == starter(dojo, SLUG)
    again = LiveRoom(dojo, room.id)
    assert again.text.text == starter(dojo, SLUG)
    assert [exhibit.title for exhibit in exhibits_of(again.state.looks[0])] == ["seen in loss"]
    room.write("# mine\n")


def test_two_programs_that_open_the_script_at_once_write_it_once(room: LiveRoom, dojo: Dojo, hours: Hours) -> None:
    other = LiveRoom(dojo, room.id, monotonic=hours)
    asked = ask_look(other, CANDIDATE, "script")
    look(room, "script")
    open_look(other, asked, ())
    for live in (room, other, LiveRoom(dojo, room.id)):
        live.go_back()
        assert live.text.text == starter(dojo, SLUG)
    assert sum(each.minutes for each in other.state.looks) == Look.SCRIPT.minutes


def test_other_interviews_have_their_text_from_the_beginning_and_no_looks(dojo: Dojo) -> None:
    other = new_room(dojo, "any-exercise", exercise=SLUG)
    live = LiveRoom(dojo, other.room)
    act(live, INTERVIEWER, {"act": "start"})
    assert live.text.text == starter(dojo, SLUG)
    with pytest.raises(BadInput, match="no looks in this interview"):
        ask_look(live, CANDIDATE, "loss")


def test_the_report_has_the_looks_in_their_order_and_the_score_does_not_know_them(held: LiveRoom, dojo: Dojo) -> None:
    report = full_report(dojo, held.id)
    assert [(each.title, each.minutes, each.at, each.by, each.stage) for each in report.looks] == [
        ("Loss curve", 1, 120, "candidate", "Brief"),
        ("One batch", 2, 300, "interviewer", "Brief"),
        ("The script", 5, 540, "candidate", "Brief"),
    ]
    assert (report.before, report.after) == (starter(dojo, SLUG), starter(dojo, SLUG))
    paper = interviewer_paper(dojo, held.id)
    assert paper.data["look_minutes"] == 8
    assert [each["look"] for each in paper.data["looks"]] == ["loss", "batch", "script"]
    for form in ("html", "md"):
        text = FORMS[form](paper).decode()
        assert "3 of 8 opened" in text
        assert "8 minutes together" in text
        assert "Not opened: printed output, rates and updates" in text
    script = dojo.library.interview("diagnosis")
    assert script is not None
    events = dojo.store.room_events(held.id)
    without = [event for event in events if event.kind not in (Happening.LOOK, Happening.HIDDEN)]
    assert score(script, held.exercise, events) == score(script, held.exercise, without)


def test_the_candidates_report_has_their_looks(held: LiveRoom, dojo: Dojo) -> None:
    paper = candidate_paper(dojo, held.id)
    assert [(each["title"], each["minutes"]) for each in paper.data["looks"]] == [
        ("Loss curve", 1),
        ("One batch", 2),
        ("The script", 5),
    ]
    assert "Loss curve" in FORMS["md"](paper).decode()
    assert "seen in loss" not in json.dumps(paper.data)


def test_the_replay_shows_each_look_from_its_moment_on(held: LiveRoom, dojo: Dojo) -> None:
    made = replay(dojo, held.id, INTERVIEWER)
    assert (made.begins_with_looks, made.script_at) == (True, 540)
    assert [(each.look, each.elapsed) for each in made.looks] == [("loss", 120), ("batch", 300), ("script", 540)]
    assert [elapsed for elapsed, _ in made.edits] == [540]
    told = [(moment.elapsed, moment.text) for moment in made.moments if moment.kind == "look"]
    assert told == [
        (120, "Look: Loss curve (1 min)"),
        (300, "Look: One batch (2 min)"),
        (540, "Look: The script (5 min)"),
    ]
    with pytest.raises(BadInput, match="not released"):
        replay(dojo, held.id, CANDIDATE)
    act(held, INTERVIEWER, {"act": "release", "what": "replay"})
    own = replay(dojo, held.id, CANDIDATE)
    assert (own.looks, own.script_at) == (made.looks, made.script_at)
