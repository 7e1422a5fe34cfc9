"""Alone in a room of the web: what is sent when, and nothing that is expected before it is due."""

from __future__ import annotations

import html
import json
import re
import time

import pytest
from pycrdt import Doc
from starlette.testclient import TestClient
from tests.unit.web.rooms.conftest import Door, Person
from tests.unit.web.rooms.test_nothing_leaks import TELLING

from torchdojo.app.compose import Dojo
from torchdojo.app.invitations import Invitation, new_room
from torchdojo.app.practice import starter
from torchdojo.domain.interview import Actor, Happening, Interview, Stage

CANDIDATE = Actor.CANDIDATE


@pytest.fixture
def invitation(dojo: Dojo) -> Invitation:
    return new_room(dojo, "tiny-regressor", minutes=55, alone=True)


@pytest.fixture
def script(invitation: Invitation) -> Interview:
    return invitation.interview


def expected(stage: Stage) -> list[str]:
    return [*stage.conclusions, *(each.text for each in stage.look_fors), *(each.answer for each in stage.questions)]


def bare(text: str) -> str:
    """Letters and digits alone: however a text is marked up or escaped on its way, it is found."""
    text = html.unescape(re.sub(r"<[^>]*>", "", text)).replace("\\n", " ")
    return re.sub(r"[^a-z0-9]+", "", text.lower())


def told(texts: list[str], person: Person | str, public: str) -> list[str]:
    """Which of these were sent, but for what stands in the task as well."""
    sent = bare(person if isinstance(person, str) else "\n".join(str(message) for message in person.told))
    wanted = {bare(text) for text in texts}
    return sorted(text for text in wanted if len(text) >= TELLING and text not in bare(public) and text in sent)


def test_what_is_expected_is_sent_after_the_answer_and_never_before(
    door: Door, dojo: Dojo, script: Interview, invitation: Invitation
) -> None:
    exercise = invitation.exercise
    assert exercise is not None
    public = exercise.prompt + starter(dojo, exercise.id) + exercise.title + script.handout
    anchors = [text for criterion in script.criteria for text in criterion.anchors.values()]
    bugs = [text for bug in exercise.bugs for text in (bug.id, bug.title, bug.effect, bug.nudge)]
    nudges = [nudge.text for stage in script.stages for nudge in stage.nudges]
    everything = [text for stage in script.stages for text in expected(stage)]
    bonuses = [bonus.text for bonus in script.bonuses]
    first, second = script.stages[:2]
    page = door.browser.get(invitation.path(CANDIDATE)).text
    data = re.search(r'id="page-data">(.*?)</script>', page)
    assert data is not None
    page += str(json.loads(data[1])["state"])
    assert told([*anchors, *bugs, *nudges, *everything, *bonuses, second.say], page, public) == []
    assert told([script.handout.splitlines()[0]], page, "") != []
    with door.enter(CANDIDATE) as person:
        person.state_after("start")
        assert told([first.say], person, "") != []
        person.type("# mended\n")
        person.ask("run")
        while not person.hear_until("output").get("ended"):
            pass
        for act in ("release", "bonus", "stage", "look_for", "signal", "asked", "note", "flag", "answer", ""):
            person.refused(act, what="solution", stage=second.id, criterion="shapes", signal="strong", question="x")
        assert told([*anchors, *bugs, *nudges, *everything, *bonuses, second.say], person, public) == []
        person.state_after("answer", stage=first.id, text="mine")
        assert told(expected(first), person, public) != []
        assert told([second.say], person, "") == []
        person.state_after("next")
        assert told([second.say], person, "") != []
        assert told([text for stage in script.stages[1:] for text in expected(stage)], person, public) == []
        assert told([*anchors, *nudges, *bonuses], person, public) == []
        person.state_after("nudge")
        assert told(nudges, person, public) == told([second.nudges[0].text], person, public) != []
        ended = person.state_after("end")
        assert " of 100" in ended["mock"]["html"]
        assert told(anchors, person, public) == sorted({bare(text) for text in anchors})
        # A part that was not begun is for another time.
        assert told(expected(script.stages[-1]), person, public) == []


def test_a_closed_tab_stops_the_clock_and_loses_nothing(door: Door, dojo: Dojo, invitation: Invitation) -> None:
    doc: Doc = Doc()
    with door.enter(CANDIDATE, doc) as person:
        state = person.state_after("start")
        assert state["clock"]["running"]
        assert 170 < state["mock"]["due"] <= 180
        person.type("# kept\n")
    given_up = time.monotonic() + 60
    while Happening.PAUSED not in (event.kind for event in dojo.store.room_events(invitation.room)):
        # The server says goodbye in its own time.
        assert time.monotonic() < given_up
    with door.enter(CANDIDATE) as again:
        assert again.text.startswith("# kept\n")
        state = again.state_after("scratch", text="back")
        assert state["clock"]["paused"]
        assert state["mock"]["due"] is None
        assert again.state_after("next")["clock"]["running"]


def test_only_alone_may_a_candidate_conduct_and_watch(door: Door, dojo: Dojo, client: TestClient) -> None:
    with door.enter(CANDIDATE) as person:
        path = door.invitation.path(CANDIDATE)
        for place in ("replay", "report"):
            assert client.get(f"{path}/{place}").status_code == 404
        person.state_after("start")
        person.state_after("end")
        for place in ("replay", "report"):
            assert client.get(f"{path}/{place}").status_code == 200
    other = Door(door.browser, new_room(dojo, "tiny-regressor"))
    with other.enter(CANDIDATE) as candidate, other.enter(Actor.INTERVIEWER) as interviewer:
        assert candidate.refused("start") == "Only the interviewer may do that."
        interviewer.state_after("start")
        interviewer.state_after("note", text="private-note")
        path = other.invitation.path(CANDIDATE)
        for place in ("replay", "replay/log", "replay/fault"):
            assert client.get(f"{path}/{place}").status_code == 404
        assert client.get(f"{other.invitation.path(Actor.OBSERVER)}/replay").status_code == 200
        interviewer.state_after("release", what="replay")
        log = client.get(f"{path}/replay/log")
        assert log.status_code == 200
        assert "private-note" not in log.text
        kinds = {moment["kind"] for moment in log.json()["moments"]}
        assert kinds <= {"clock", "run", "nudge"}
        assert log.json()["edits"]
        assert client.get(f"{path}/replay/fault").json() == {"fault": ""}


def test_the_page_begins_and_goes_on_with_mock_interviews(dojo: Dojo, client: TestClient) -> None:
    page = client.get("/mock").text
    assert "The last ones" not in page
    begun = client.post("/mock", data={"slug": "concepts", "minutes": "30"}, follow_redirects=False)
    assert begun.status_code == 303
    room = re.fullmatch(r"/i/([^/]+)/[^/]+", begun.headers["location"])
    assert room is not None
    assert "Start the clock" in client.get(begun.headers["location"]).text
    assert "Go on" in client.get("/mock").text
    again = client.post(f"/mock/{room[1]}", follow_redirects=False).headers["location"]
    assert again.startswith(f"/i/{room[1]}/")
    assert again != begun.headers["location"]
    for data in ({"slug": "any-exercise"}, {"slug": "nothing"}, {"slug": "concepts", "minutes": "9999"}):
        assert client.post("/mock", data=data).status_code == 400
    assert client.post(f"/mock/{new_room(dojo, 'concepts').room}").status_code == 400
