"""A room under a clock of the test's own: time, links, runs, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Doc, Text

from torchdojo.app.compose import Dojo, open_dojo
from torchdojo.app.interview_acts import act
from torchdojo.app.interview_runs import ask_run, carry_out
from torchdojo.app.interview_views import candidate_snapshot, interviewer_snapshot
from torchdojo.app.interviewing import LiveRoom, Step
from torchdojo.app.invitations import Invitation, check_link, new_room, revoke_links
from torchdojo.app.shared_text import SharedText, beginning, change_to
from torchdojo.domain.errors import BadInput, Cancelled
from torchdojo.domain.interview import Actor, Happening
from torchdojo.domain.report import BugResult, BugState, Report, RestsOn, Verdict
from torchdojo.interview.log import verify_chain
from torchdojo.store.memory import MemoryStore

CANDIDATE, INTERVIEWER, OBSERVER = Actor.CANDIDATE, Actor.INTERVIEWER, Actor.OBSERVER


@dataclass
class Times:
    """Two clocks: the one on the wall, which somebody may set, and the one that only goes on."""

    wall: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    passed: float = 0.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.passed


@dataclass
class Script:
    """A grader that prints, draws and finds what it is told to."""

    verdict: Verdict = Verdict.WRONG_ANSWER
    error: Exception | None = None
    message: str = "one bug is open"
    graded: list[str] = field(default_factory=list)
    isolation = "full"

    def grade(self, exercise: Any, source: str, *, on_event: Any = None, **_: Any) -> Report:
        self.graded.append(source)
        on_event({"type": "stage", "text": "looking for missing-zero-grad"})
        on_event({"type": "output", "text": "epoch 1\n"})
        on_event({"type": "curve", "name": "train_loss", "x": 1.0, "y": float("nan")})
        if self.error:
            raise self.error
        bugs = tuple(BugResult(bug.id, BugState.OPEN, RestsOn.EVENTS, "seen") for bug in exercise.bugs)
        return Report(exercise.id, "debug", self.verdict, 0.0, self.message, bugs=bugs)

    def close(self) -> None:
        """It holds nothing."""


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def grader() -> Script:
    return Script()


@pytest.fixture
def dojo(tmp_path: Path, times: Times, grader: Script) -> Iterator[Dojo]:
    with open_dojo(environment={"TORCHDOJO_HOME": str(tmp_path)}, with_grader=False) as opened:
        yield replace(opened, store=MemoryStore(), clock=times, grader=grader)  # type: ignore[arg-type]


@pytest.fixture
def invitation(dojo: Dojo) -> Invitation:
    return new_room(dojo, "spiral-classifier", minutes=45)


@pytest.fixture
def room(dojo: Dojo, invitation: Invitation, times: Times) -> LiveRoom:
    return LiveRoom(dojo, invitation.room, monotonic=times.monotonic)


def do(room: LiveRoom, name: str, role: Actor = INTERVIEWER, **data: Any) -> None:
    act(room, role, {"act": name, **data})


def run(room: LiveRoom, dojo: Dojo) -> None:
    def record(steps: list[Step]) -> None:
        room.append(*steps)

    carry_out(dojo, ask_run(room, CANDIDATE), record, monotonic=lambda: 0.0)


def test_time_passes_from_the_start_and_not_in_a_pause(room: LiveRoom, times: Times) -> None:
    times.passed = 100
    assert room.elapsed == 0
    do(room, "start")
    times.passed += 60
    do(room, "pause")
    times.passed += 1000
    assert room.elapsed == 60
    do(room, "resume")
    times.passed += 30
    do(room, "extend", minutes=5)
    assert interviewer_snapshot(room)["clock"] == {
        "started": True,
        "running": True,
        "paused": False,
        "ended": False,
        "elapsed": 90,
        "limit": 3000,
    }


def test_what_a_second_interviewer_writes_does_not_turn_the_clock_back(
    room: LiveRoom, dojo: Dojo, times: Times
) -> None:
    do(room, "start")
    times.passed += 60
    room.append((INTERVIEWER, Happening.NOTE, {"text": "reads first", "by": 2}))
    assert room.elapsed == 60
    times.passed += 30
    assert room.elapsed == 90
    assert LiveRoom(dojo, room.id, monotonic=lambda: 7.0).elapsed == 60


def test_the_wall_clock_may_be_set_and_the_time_goes_on(room: LiveRoom, times: Times) -> None:
    do(room, "start")
    times.passed += 10
    times.wall -= timedelta(days=1)
    do(room, "note", text="x")
    times.passed += 10
    do(room, "note", text="y")
    assert [note.elapsed for note in room.state.notes] == [10, 20]


def test_a_room_that_is_opened_again_goes_on_where_its_log_ends(room: LiveRoom, dojo: Dojo, times: Times) -> None:
    do(room, "start")
    times.passed += 50
    do(room, "note", text="x")
    again = LiveRoom(dojo, room.id, monotonic=lambda: 7.0)
    assert again.elapsed == 50
    assert again.state == room.state
    assert again.text.text == room.text.text
    assert again.fault == ""


def test_two_servers_on_one_room_keep_one_log(room: LiveRoom, dojo: Dojo) -> None:
    other = LiveRoom(dojo, room.id)
    do(room, "note", text="here")
    do(other, "note", text="there")
    do(room, "note", text="here again")
    assert [note.text for note in room.state.notes] == ["here", "there", "here again"]
    assert LiveRoom(dojo, room.id).fault == ""


@pytest.mark.parametrize("name", ["start", "pause", "resume", "extend", "end", "nudge"])
def test_after_the_end_only_what_was_seen_can_be_written(room: LiveRoom, name: str) -> None:
    do(room, "start")
    do(room, "end")
    with pytest.raises(BadInput, match="has ended already"):
        do(room, name, minutes=1, text="x", price=0)
    do(room, "note", text="afterwards")
    update = Doc()
    update.get("code", type=Text).insert(0, "x")
    with pytest.raises(BadInput, match="has ended"):
        room.edit(CANDIDATE, update.get_update())


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("stage", {"stage": "nowhere"}),
        ("nudge", {"nudge": "unknown"}),
        ("nudge", {"text": "x", "price": 99}),
        ("nudge", {"text": " ", "price": 1}),
        ("look_for", {"look_for": ["a"]}),
        ("asked", {"question": "unknown", "rating": "weak"}),
        ("signal", {"criterion": "unknown", "signal": "weak"}),
        ("bonus", {}),
        ("note", {"text": "x" * 4001}),
        ("note", {"text": 3}),
        ("note", {"text": "x", "tag": "odd"}),
        ("extend", {"minutes": True}),
        ("extend", {"minutes": 1e9}),
        ("release", {"what": "everything"}),
        ("release", {"what": "verdict"}),
        ("pause", {}),
        ("resume", {}),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_no_trace(room: LiveRoom, name: str, data: dict[str, Any]) -> None:
    before = room.state
    with pytest.raises(BadInput):
        do(room, name, **data)
    assert room.state is before


def test_a_run_is_written_down_with_its_verdict(room: LiveRoom, dojo: Dojo, grader: Script) -> None:
    do(room, "start")
    run(room, dojo)
    assert grader.graded == [room.text.text]
    assert room.state.runs[0].verdict == "wrong_answer"
    assert {tick.state for tick in room.state.ticks.values()} == {"open"}
    seen = candidate_snapshot(room)
    assert seen["run"] is None
    curves = [event for event in dojo.store.room_events(room.id) if event.kind is Happening.CURVE]
    assert curves[0].data["y"] == [None]
    assert dojo.store.attempts("spiral-classifier") == []


@pytest.mark.parametrize(
    ("verdict", "message", "told"),
    [
        (Verdict.PASSED, "all fixed", ""),
        (Verdict.WRONG_ANSWER, "one bug is open", ""),
        (Verdict.RUNTIME_ERROR, "ValueError: shapes", "ValueError: shapes"),
    ],
)
def test_the_end_of_a_run_tells_a_crash_and_not_a_verdict(
    room: LiveRoom, dojo: Dojo, grader: Script, verdict: Verdict, message: str, told: str
) -> None:
    grader.verdict, grader.message = verdict, message
    do(room, "start")
    run(room, dojo)
    (last,) = [event for event in dojo.store.room_events(room.id) if event.data.get("ended")]
    assert last.data["text"] == "\n".join(filter(None, (told, "The run ended.")))


@pytest.mark.parametrize("error", [Cancelled("stopped"), RuntimeError("boom"), BadInput("No PyTorch.", "Install it.")])
def test_a_run_that_fails_ends_and_another_can_begin(
    room: LiveRoom, dojo: Dojo, grader: Script, error: Exception
) -> None:
    grader.error = error
    do(room, "start")
    run(room, dojo)
    assert room.state.running is None
    assert room.state.ticks == {}
    grader.error = None
    run(room, dojo)
    assert [each.verdict for each in room.state.runs] == ["", "wrong_answer"]


def test_a_run_that_died_with_its_server_is_over_when_the_room_is_opened(room: LiveRoom, dojo: Dojo) -> None:
    do(room, "start")
    ask_run(room, CANDIDATE)
    with pytest.raises(BadInput, match="A run is going on"):
        ask_run(room, INTERVIEWER)
    assert LiveRoom(dojo, room.id).state.running is None


def test_a_deleted_exercise_stops_runs_and_loses_nothing(room: LiveRoom, dojo: Dojo, monkeypatch: Any) -> None:
    do(room, "start")
    monkeypatch.setattr(LiveRoom, "exercise", None)
    monkeypatch.setattr(LiveRoom, "script", None)
    with pytest.raises(BadInput, match="gone or broken"):
        ask_run(room, CANDIDATE)
    do(room, "note", text="goes on")
    assert interviewer_snapshot(room)["notes"]


def test_links_run_out_and_can_be_closed(dojo: Dojo, invitation: Invitation, times: Times) -> None:
    secret = invitation.secrets[CANDIDATE]
    assert check_link(dojo, invitation.room, secret).role is CANDIDATE
    with pytest.raises(BadInput, match="leads nowhere"):
        check_link(dojo, "another", secret)
    with pytest.raises(BadInput, match="leads nowhere"):
        check_link(dojo, invitation.room, secret + "x")
    times.wall += timedelta(days=8)
    with pytest.raises(BadInput, match=r"was good until 09 March 2026, 09:00 UTC"):
        check_link(dojo, invitation.room, secret)
    times.wall -= timedelta(days=8)
    revoke_links(dojo, invitation.room, CANDIDATE)
    with pytest.raises(BadInput, match="closed by the interviewer"):
        check_link(dojo, invitation.room, secret)
    assert check_link(dojo, invitation.room, invitation.secrets[INTERVIEWER]).role is INTERVIEWER


def test_an_exercise_gets_the_script_that_takes_any(dojo: Dojo) -> None:
    made = new_room(dojo, "focal-loss")
    assert made.interview.slug == "any-exercise"
    assert LiveRoom(dojo, made.room).text.text == dojo.library.find("focal-loss").starter  # type: ignore[union-attr]
    with pytest.raises(BadInput, match="needs an exercise"):
        new_room(dojo, "any-exercise")
    with pytest.raises(BadInput, match="There is no interview 'nothing'"):
        new_room(dojo, "nothing")
    with pytest.raises(BadInput, match="is written for spiral-classifier"):
        new_room(dojo, "spiral-classifier", exercise="tiny-regressor")
    named = new_room(dojo, "any-exercise", exercise="focal-loss")
    assert named.exercise is not None
    assert named.exercise.id == "focal-loss"


def test_a_tampered_log_is_said_to_be_one(room: LiveRoom, dojo: Dojo) -> None:
    do(room, "note", text="weak")
    events = dojo.store._events[room.id]  # type: ignore[attr-defined]
    events[-1] = replace(events[-1], data={"text": "strong"})
    assert "not what was written" in interviewer_snapshot(LiveRoom(dojo, room.id))["fault"]


def test_changes_that_arrive_in_the_wrong_order_are_all_kept() -> None:
    writer: Doc[Text] = Doc()
    text = writer.get("code", type=Text)
    text += "one "
    first = writer.get_update()
    state = writer.get_state()
    text += "two"
    second = writer.get_update(state)
    shared = SharedText()
    kept = [shared.apply(second), shared.apply(first)]
    assert shared.text == "one two"
    assert SharedText(update for update in kept if update).text == "one two"
    assert SharedText([beginning("🙂 x")]).text == "🙂 x"


def test_a_flag_that_comes_again_after_a_lost_connection_counts_once(room: LiveRoom) -> None:
    criterion = room.script.criteria[0].id if room.script else ""
    for flag, text in (("red", "guesses"), ("red", "guesses"), ("green", "guesses"), ("red", "guesses twice")):
        do(room, "flag", flag=flag, criterion=criterion, text=text)
    given = [(each.flag, each.text) for each in room.state.flags]
    assert given == [("red", "guesses"), ("green", "guesses"), ("red", "guesses twice")]


def test_a_room_whose_last_words_did_not_reach_the_disk_is_what_the_log_says(room: LiveRoom, dojo: Dojo) -> None:
    do(room, "note", text="kept")
    before = room.text.text
    with pytest.raises(RuntimeError), dojo.store.together():
        do(room, "note", text="lost")
        room.edit(CANDIDATE, change_to(room.text, "# lost\n"))
        raise RuntimeError("the disk is full")
    room.go_back()
    assert [note.text for note in room.state.notes] == ["kept"]
    assert room.text.text == before
    do(room, "note", text="goes on")
    log, kept = dojo.store.room_events(room.id), dojo.store.room(room.id)
    assert verify_chain(log, last_seal=kept.last_seal if kept else "") is None
