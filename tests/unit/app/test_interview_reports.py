"""Reports of interviews that were held in a room: what is in them, who may read them, what a changed log says."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.unit.app.interviews_held import Held, garbled, held, tamper

from torchdojo.app.card_exchange import imported
from torchdojo.app.compose import Dojo, open_dojo
from torchdojo.app.interview_acts import act
from torchdojo.app.interview_reports import (
    FORMS,
    calibration,
    candidate_paper,
    check_room,
    full_report,
    interviewer_paper,
    released_paper,
    room_rows,
    sheet_to_fill_in,
)
from torchdojo.app.interviewing import LiveRoom
from torchdojo.app.invitations import new_room, revoke_links
from torchdojo.app.reviewing import desk
from torchdojo.domain.errors import BadInput
from torchdojo.domain.interview import Actor, Event, Happening
from torchdojo.interview.report import Past
from torchdojo.interview.scorecard import BugMark
from torchdojo.store.memory import MemoryStore


@dataclass
class Wall:
    """A clock on the wall."""

    moment: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dojo]:
    """The content, read once."""
    home = str(tmp_path_factory.mktemp("home"))
    with open_dojo(environment={"TORCHDOJO_HOME": home}, with_grader=False) as dojo:
        yield dojo


@pytest.fixture
def dojo(opened: Dojo, wall: Wall) -> Dojo:
    return replace(opened, store=MemoryStore(), clock=wall)


@pytest.fixture
def session(dojo: Dojo) -> Held:
    return held(dojo)


def test_the_report_follows_the_interview(dojo: Dojo, session: Held) -> None:
    report = full_report(dojo, session.invitation.room)
    assert [bug.mark for bug in report.bugs[:3]] == [BugMark.FIXED, BugMark.FIXED, BugMark.OPEN]
    assert [bug.at for bug in report.bugs[:2]] == [540.0, 840.0]
    assert report.bugs[2].nudges == 1
    assert [len(run.lines) for run in report.runs] == [1, 0]
    assert ("# mine" in report.before, "# mine" in report.after) == (False, True)
    assert [nudge.shown for nudge in report.nudges] == [True, False]
    assert (report.spent, report.ended, report.fault, report.remarks) == (1500.0, True, "", ())
    assert report == full_report(dojo, session.invitation.room)


def test_what_stayed_open_leads_to_something_to_study(dojo: Dojo, session: Held) -> None:
    report = full_report(dojo, session.invitation.room)
    links = [study.link for study in report.study]
    kinds = {bug.kind: bug.mark for bug in report.bugs}
    assert {f"drill:{kind}" for kind, mark in kinds.items() if mark is BugMark.OPEN} <= set(links)
    # It was mended, but its question was answered weakly.
    first, second = report.bugs[:2]
    assert f"kind:{first.kind}" in links
    assert f"kind:{second.kind}" not in links
    assert any(link.startswith("question:") for link in links)
    for link in links:
        kind, _, name = link.partition(":")
        assert kind != "question" or dojo.library.question(name)
        assert kind != "exercise" or dojo.library.find(name)


def test_the_candidate_takes_it_into_their_own_reviews(dojo: Dojo, session: Held, wall: Wall) -> None:
    given = candidate_paper(dojo, session.invitation.room).json().decode()
    kind = full_report(dojo, session.invitation.room).bugs[2].kind
    own = replace(dojo, store=MemoryStore())
    assert imported(own, given).histories > 3
    assert f"drill/{kind}" in {card.id for card in own.store.own_cards()}
    wall.moment += timedelta(days=1)
    due = desk(own).queue
    assert {f"drill/{kind}", f"kind/{kind}/1"} <= {*due.order, *due.learning}
    assert imported(own, given).histories == 0


def test_the_candidate_reads_nothing_before_it_is_released(dojo: Dojo, session: Held) -> None:
    room = session.invitation.room
    with pytest.raises(BadInput, match="no report for you yet"):
        released_paper(dojo, room)
    session.at(30, "release", what="report")
    assert released_paper(dojo, room).data == candidate_paper(dojo, room).data


def test_nothing_is_released_before_the_end(dojo: Dojo) -> None:
    session = Held(dojo, new_room(dojo, "spiral-classifier"))
    session.at(0, "start")
    with pytest.raises(BadInput, match="has not ended"):
        session.at(1, "release", what="report")


def test_a_changed_log_is_said_before_anything_else(dojo: Dojo, session: Held) -> None:
    room = session.invitation.room
    check_room(dojo, room)
    tamper(dojo, room)
    for paper in (interviewer_paper(dojo, room), candidate_paper(dojo, room)):
        for form in ("html", "md"):
            text = FORMS[form](paper).decode()
            assert text.index("was changed after it was written") < text.index(" of 100")
        assert json.loads(paper.json())["fault"] == paper.fault != ""
    with pytest.raises(BadInput, match="was changed after it was written"):
        check_room(dojo, room)
    assert [row.whole for row in room_rows(dojo)] == [False]


def test_a_log_of_nonsense_still_gives_a_report(dojo: Dojo, session: Held) -> None:
    room = session.invitation.room
    log = dojo.store.room_events(room)
    for event in log:
        if event.kind is not Happening.CREATED:
            event.data.clear()  # type: ignore[attr-defined]
    next(event for event in log if event.kind is Happening.EDIT).data["update"] = garbled()  # type: ignore[index]
    paper = interviewer_paper(dojo, room)
    assert paper.fault
    assert b"so the text is left out" in paper.html()


def test_a_log_that_cannot_be_read_is_said_and_hides_no_other(
    dojo: Dojo, session: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, other, read = session.invitation.room, held(dojo), dojo.store.room_events
    timeless = [replace(event, elapsed=float("inf")) for event in read(room)]
    monkeypatch.setattr(dojo.store, "room_events", lambda name: timeless if name == room else read(name))
    for ask in (full_report, check_room):
        with pytest.raises(BadInput, match="cannot be read"):
            ask(dojo, room)
    assert {row.room: row.whole for row in room_rows(dojo)} == {room: False, other.invitation.room: True}


def test_medians_are_of_those_that_ended_before_with_the_same_exercise(dojo: Dojo, wall: Wall) -> None:
    first = held(dojo, signal="weak")
    wall.moment += timedelta(hours=1)
    held(dojo, "tiny-regressor", signal="strong")
    Held(dojo, new_room(dojo, "spiral-classifier"))
    wall.moment += timedelta(hours=1)
    second = held(dojo, signal="strong")
    assert full_report(dojo, first.invitation.room).past is None
    past = full_report(dojo, second.invitation.room).past
    assert past is not None
    assert (past.sessions, past.fixed, set(past.criteria.values())) == (1, 2, {"weak"})
    assert "median of 1 session" in interviewer_paper(dojo, second.invitation.room).markdown().decode()
    assert "median" not in candidate_paper(dojo, second.invitation.room).markdown().decode()


def test_rooms_are_listed_with_what_they_came_to_and_whether_the_candidate_can_enter(dojo: Dojo, wall: Wall) -> None:
    session = held(dojo)
    wall.moment += timedelta(hours=1)
    coming = new_room(dojo, "concepts", days=2)
    latest, earlier = room_rows(dojo)
    assert (latest.room, latest.began, latest.total, latest.band) == (coming.room, None, None, "")
    assert latest.candidate_link == "open until 2026-03-04"
    report = full_report(dojo, session.invitation.room)
    assert (earlier.total, earlier.band, earlier.ended) == (report.card.total, report.band.title, True)
    revoke_links(dojo, session.invitation.room, Actor.CANDIDATE)
    wall.moment += timedelta(days=3)
    assert [row.candidate_link for row in room_rows(dojo)] == ["over", "closed"]


def test_an_exercise_that_is_gone_is_said(dojo: Dojo, session: Held) -> None:
    report = full_report(replace(dojo, library=Without(dojo)), session.invitation.room)  # type: ignore[arg-type]
    assert "gone or broken" in report.remarks[0]
    assert report.bugs == ()


class Without:
    """A library that lacks its exercises."""

    def __init__(self, dojo: Dojo) -> None:
        self._library = dojo.library

    def find(self, slug: str) -> None:
        return None

    def __getattr__(self, name: str) -> object:
        return getattr(self._library, name)


def test_two_interviewers_are_compared_by_a_sheet(dojo: Dojo, session: Held) -> None:
    room = session.invitation.room
    sheet = sheet_to_fill_in(dojo, room)
    with pytest.raises(BadInput, match="the sheet has not rated"):
        calibration(dojo, room, json.dumps(sheet))
    for criterion in sheet["criteria"].values():
        criterion["signal"] = "strong"
    found = calibration(dojo, room, json.dumps(sheet))
    assert {apart.steps for apart in found.criteria} == {1}
    for nonsense in ("", "[]", "{", json.dumps(sheet | {"room": "another"})):
        with pytest.raises(BadInput, match="cannot be compared"):
            calibration(dojo, room, nonsense)


def test_an_unknown_room_is_refused(dojo: Dojo) -> None:
    for ask in (full_report, check_room, sheet_to_fill_in):
        with pytest.raises(BadInput, match="There is no room"):
            ask(dojo, "nowhere")


class Reads(MemoryStore):
    """Remembers whose whole log was read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def room_events(self, room: str, after: int = 0, *, without: Collection[Happening] = ()) -> list[Event]:
        self.read.append(room)
        return super().room_events(room, after, without=without)


def test_logs_about_something_else_are_not_read_and_others_once(opened: Dojo, wall: Wall) -> None:
    store = Reads()
    dojo = replace(opened, store=store, clock=wall)
    sessions = []
    for slug in ("spiral-classifier", "tiny-regressor", "spiral-classifier", "spiral-classifier"):
        sessions.append(held(dojo, slug).invitation.room)
        wall.moment += timedelta(days=1)
    first, other, second, last = sessions

    def medians() -> tuple[Past | None, set[str]]:
        store.read.clear()
        return full_report(dojo, last).past, set(store.read)

    past, read = medians()
    assert past is not None
    assert (past.sessions, past.criteria["debugging"]) == (2, "medium")
    assert read == {first, second, last}
    assert medians() == (past, {last})
    # What is added to an earlier one counts.
    for room in (first, second):
        act(LiveRoom(dojo, room), Actor.INTERVIEWER, {"act": "signal", "criterion": "debugging", "signal": "strong"})
    again, read = medians()
    assert again is not None
    assert again.criteria["debugging"] == "strong"
    assert again.total > past.total
    assert other not in read
