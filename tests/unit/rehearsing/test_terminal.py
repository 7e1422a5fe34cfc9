"""A whole mock interview in the terminal, under a clock that the test moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.rehearsing.kit import Times

from torchdojo.app.compose import Dojo
from torchdojo.app.interviewing import LiveRoom
from torchdojo.app.practice import starter
from torchdojo.app.rehearsal_file import WorkFile, work_file
from torchdojo.app.rehearsing import flow_of, last_open, new_mock
from torchdojo.cli.asking import END, ENTER
from torchdojo.cli.mocking import Mock
from torchdojo.domain.interview import Happening
from torchdojo.interview.log import verify_chain


class Person:
    """Presses keys, types lines, waits (a number: seconds) and does things (a call), one after the other."""

    def __init__(self, times: Times, *does: Any) -> None:
        self.times = times
        self.does = list(does)

    def __enter__(self) -> Person:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to put back."""

    def key_within(self, seconds: float) -> str | None:
        if not self.does:
            return END
        action = self.does[0]
        if isinstance(action, (int, float)):
            self.times.passed += seconds
            self.does[0] = action - seconds
            if self.does[0] <= 0:
                self.does.pop(0)
            return None
        self.does.pop(0)
        if callable(action):
            action()
            return None
        return str(action)

    def key(self) -> str:
        while (key := self.key_within(1.0)) is None:
            pass
        return key

    def line(self, prompt: str) -> str:
        return self.key()


@pytest.fixture
def room(dojo: Dojo, times: Times) -> LiveRoom:
    return LiveRoom(dojo, new_mock(dojo, "tiny-regressor").room, monotonic=times.monotonic)


@pytest.fixture
def file(room: LiveRoom, tmp_path: Path) -> WorkFile:
    exercise = flow_of(room).exercise
    assert exercise is not None
    return work_file(room, exercise, tmp_path / "work")


def sit(room: LiveRoom, file: WorkFile | None, times: Times, *does: Any) -> None:
    Mock(room, Person(times, *does), file).run()


def test_prompts_come_on_time_and_answers_after_ones_own(
    room: LiveRoom, file: WorkFile, times: Times, capsys: pytest.CaptureFixture[str]
) -> None:
    interview = flow_of(room).interview
    setup, overview = interview.stages[:2]
    expected = setup.conclusions[0].split(":")[0]
    seen: list[str] = []

    def look() -> None:
        seen.append(" ".join(capsys.readouterr().out.split()))

    sit(room, file, times, ENTER, look, 178, look, 4, look, "d", "I can start it.", "y", look)
    start, before, due, after = seen
    assert "Do not mend anything yet" in start
    assert overview.title not in start + before
    assert overview.title in due
    assert expected not in start + before + due
    assert expected in after
    assert set(room.state.look_fors) == {"can-start"}
    # The person is gone; the clock stands.
    assert room.state.clock.paused


def test_a_whole_interview_is_scored_and_sealed(
    room: LiveRoom, file: WorkFile, times: Times, capsys: pytest.CaptureFixture[str], dojo: Dojo
) -> None:
    flow = flow_of(room)
    assert flow.exercise is not None
    bugs = [bug.id for bug in flow.exercise.bugs]

    def save() -> None:
        file.path.write_text("# ".join(["", *bugs]) + "\n", encoding="utf-8")

    does: list[Any] = [ENTER, save, "r", 5]
    rated: set[str] = set()
    for at, stage in enumerate(flow.interview.stages):
        does += ["d", "my words", *("y" for _ in stage.look_fors)]
        later = {each.criterion for other in flow.interview.stages[at + 1 :] for each in other.look_fors}
        due = {each.criterion for other in flow.interview.stages[: at + 1] for each in other.look_fors} - later - rated
        does += ["s"] * len(due)
        rated |= due
    does += ["a", "because", "s", "e", "y", *("n" for _ in flow.interview.bonuses)]
    person = Person(times, *does)
    Mock(room, person, file).run()
    told = " ".join(capsys.readouterr().out.split())
    assert person.does == []
    assert "100 of 100 Strong hire" in told
    assert told.count("✓") == len(bugs)
    events = dojo.store.room_events(room.id)
    assert verify_chain(events, last_seal=room.state and events[-1].seal) is None
    assert {Happening.EDIT, Happening.RUN, Happening.VERDICT, Happening.ANSWER, Happening.ENDED} <= {
        event.kind for event in events
    }


def test_it_is_gone_on_with_where_it_was_left(
    room: LiveRoom, file: WorkFile, times: Times, dojo: Dojo, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    sit(room, file, times, ENTER, 30, interrupt)
    assert "torchdojo mock --resume" in capsys.readouterr().out
    times.passed += 5000
    file.path.write_text("# mended meanwhile\n", encoding="utf-8")
    again = LiveRoom(dojo, last_open(dojo), monotonic=times.monotonic)
    exercise = flow_of(again).exercise
    assert exercise is not None
    same = work_file(again, exercise, None)
    assert same.path == file.path
    sit(again, same, times, ENTER, 10)
    assert again.text.text == "# mended meanwhile\n"
    assert again.elapsed == pytest.approx(40, abs=1)


def test_a_lost_file_is_written_again_and_one_that_is_there_is_left_alone(
    room: LiveRoom, file: WorkFile, dojo: Dojo, tmp_path: Path
) -> None:
    starter = file.path.read_text(encoding="utf-8")
    exercise = flow_of(room).exercise
    assert exercise is not None
    file.path.unlink()
    assert work_file(room, exercise, None).path.read_text(encoding="utf-8") == starter
    file.path.write_text("# older work\n", encoding="utf-8")
    other = LiveRoom(dojo, new_mock(dojo, "tiny-regressor").room)
    fresh = work_file(other, exercise, tmp_path / "work")
    assert fresh.path != file.path
    assert file.path.read_text(encoding="utf-8") == "# older work\n"
    assert fresh.path.read_text(encoding="utf-8") == starter


def test_what_cannot_be_done_is_said_and_the_interview_goes_on(
    room: LiveRoom, file: WorkFile, times: Times, capsys: pytest.CaptureFixture[str]
) -> None:
    def spoil() -> None:
        file.path.write_bytes(b"\xff\xfe\x00")

    sit(room, file, times, ENTER, spoil, "n", "a", "p", "p", "r", "z", ENTER)
    told = capsys.readouterr().out
    assert "is a binary file" in told
    assert "no nudge left" in told
    assert "no question for now" in told
    assert "Paused" in told
    assert "run 1" in told
    assert "54:" in told or "55:00 left" in told


def test_a_round_of_diagnosis_begins_with_looks_and_the_file_comes_with_the_script(
    dojo: Dojo, times: Times, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = new_mock(dojo, "diagnosis", exercise="tiny-regressor")
    room = LiveRoom(dojo, made.room, monotonic=times.monotonic)
    seen: list[str] = []

    def read() -> None:
        seen.append(" ".join(capsys.readouterr().out.split()))

    def sit_again(*does: Any) -> None:
        Mock(room, Person(times, *does), None, tmp_path).run()

    sit_again(ENTER, read, "r", "l", "2", read, "l", ENTER, "l", "2", read)
    start, first, again = seen
    assert "l look" in start
    assert "· r run" not in start
    assert "Spent so far: 0 min" in first
    assert "seen in loss" in first
    assert "Loss curve open" in again
    assert "seen in loss" in again
    assert list(tmp_path.glob("*.py")) == []
    seen.clear()
    sit_again(ENTER, "l", "8", read, "r", 5, read)
    (path,) = tmp_path.glob("*.py")
    assert path.read_text(encoding="utf-8") == room.text.text == starter(dojo, "tiny-regressor")
    assert path.name in seen[0]
    assert len(room.state.runs) == 1
    assert [(each.look, each.minutes) for each in room.state.looks] == [("loss", 1), ("script", 5)]
