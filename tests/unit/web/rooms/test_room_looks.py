"""A room that begins with looks: what is sent before the script is open, and who brings the text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pycrdt import Doc, Text
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from tests.unit.web.conftest import ORIGIN, ScriptedGrader
from tests.unit.web.rooms.conftest import Door, Person
from tests.unit.web.rooms.test_nothing_leaks import found_in
from tests.unit.web.test_looks_page import SLUG, lines_of_the_script, words

from torchdojo.app.compose import Dojo
from torchdojo.app.invitations import Invitation, new_room
from torchdojo.app.practice import starter
from torchdojo.domain.interview import Actor, Happening
from torchdojo.domain.looks import Look
from torchdojo.interview.log import verify_chain
from torchdojo.web import create_app
from torchdojo.web.rooms import messages

CANDIDATE, INTERVIEWER, OBSERVER = Actor.CANDIDATE, Actor.INTERVIEWER, Actor.OBSERVER


@pytest.fixture
def invitation(dojo: Dojo) -> Invitation:
    return new_room(dojo, "diagnosis", exercise=SLUG)


@pytest.fixture
def grader(dojo: Dojo) -> ScriptedGrader:
    assert isinstance(dojo.grader, ScriptedGrader)
    return dojo.grader


def looks_of(person: Person) -> Any:
    return next(message for message in reversed(person.told) if message["type"] == "state")["state"]["looks"]


def hear_until(person: Person, true: Callable[[], bool]) -> None:
    while not true():
        person.hear()


def open_one(person: Person, look: str) -> None:
    person.ask("look", look=look)
    hear_until(person, lambda: look in looks_of(person)["opened"])


def open_script(person: Person, dojo: Dojo) -> None:
    """The text may come a moment after the word that it is open."""
    open_one(person, "script")
    hear_until(person, lambda: person.text != "")
    assert person.text == starter(dojo, SLUG)


def test_no_line_of_the_script_and_no_answer_reaches_the_candidate_before_it_is_open(door: Door, dojo: Dojo) -> None:
    path = door.invitation.path(CANDIDATE)
    lines = lines_of_the_script(dojo)
    assert len(lines) > 20
    sent = [door.browser.get(f"{path}{more}").text for more in ("", "/report", "/replay", "/replay/log")]
    with door.enter(CANDIDATE) as candidate, door.enter(INTERVIEWER) as interviewer:
        assert candidate.text == ""
        interviewer.state_after("start")
        for look in Look:
            if look is not Look.SCRIPT:
                open_one(candidate, look)
        assert "still hidden" in candidate.refused("run")
        assert "still hidden" in interviewer.refused("run")
        for asked in ("release", "stop", "stage", "nudge", "note"):
            candidate.ask(asked, what="solution")
        interviewer.state_after("nudge", text="Compare levels.", price=1, shown=True)
        candidate.state_after("scratch", text="own")
        with door.enter(CANDIDATE) as late:
            hear_until(late, lambda: sum(message["type"] == "look" for message in late.told) == len(Look) - 1)
            assert late.text == ""
        people = (candidate, late)
        sent += [data.decode(errors="replace") for person in people for data in person.sent]
    sent += [door.browser.get(path).text]
    everything = "\n".join(words(each) for each in sent)
    assert sorted(line for line in lines if line in everything) == []
    # The looks themselves may be named, and what they show.
    assert found_in("\n".join(sent), dojo) == []
    assert "ValueError: bad &lt;shape&gt;" in everything
    assert [event.kind for event in dojo.store.room_events(door.invitation.room)].count(Happening.EDIT) == 0


def test_what_one_opens_everybody_sees_at_its_price(door: Door, grader: ScriptedGrader) -> None:
    with door.enter(CANDIDATE) as candidate, door.enter(INTERVIEWER) as interviewer, door.enter(OBSERVER) as observer:
        assert "not started" in candidate.refused("look", look="loss")
        interviewer.state_after("start")
        open_one(candidate, "gradients")
        open_one(interviewer, "batch")
        for person in (candidate, interviewer, observer):
            hear_until(person, lambda person=person: "batch" in looks_of(person)["opened"])  # type: ignore[misc]
            shown = {message["look"]: message["html"] for message in person.told if message["type"] == "look"}
            assert "first.layer" in shown["gradients"]
            assert "seen in batch" in shown["batch"]
            state = looks_of(person)
            assert (state["hidden"], state["spent"]) == (True, Look.GRADIENTS.minutes + Look.BATCH.minutes)
            assert [each["by"] for each in state["opened"].values()] == ["candidate", "interviewer"]
        assert "Observers" in observer.refused("look", look="loss")
        assert "open already" in candidate.refused("look", look="batch")
        assert "no such look" in candidate.refused("look", look="solution")
        assert "no such look" in candidate.refused("look", look=["loss"])
    assert grader.recorded == 1


def test_the_script_comes_once_however_many_ask_for_it(door: Door, dojo: Dojo) -> None:
    with door.enter(CANDIDATE) as one, door.enter(CANDIDATE) as other, door.enter(INTERVIEWER) as interviewer:
        interviewer.state_after("start")
        people = (one, other, interviewer)
        for person in people:
            person.ask("look", look="script")
        for person in people:
            hear_until(person, lambda person=person: not looks_of(person)["hidden"] and person.text != "")  # type: ignore[misc]
            assert person.text == starter(dojo, SLUG)
        one.type("# mine\n")
        other.hear_until("sync")
        with door.enter(CANDIDATE) as late:
            assert late.text == one.text == other.text == f"# mine\n{starter(dojo, SLUG)}"
        one.ask("run")
        while not one.hear_until("output").get("ended"):
            pass
        # What was not seen before can be looked at still.
        open_one(one, "loss")
    events = dojo.store.room_events(door.invitation.room)
    assert verify_chain(events) is None
    written = [(event.actor, event.kind) for event in events if event.kind in (Happening.EDIT, Happening.LOOK)]
    assert written == [
        (CANDIDATE, Happening.LOOK),
        (Actor.SYSTEM, Happening.EDIT),
        (CANDIDATE, Happening.EDIT),
        (CANDIDATE, Happening.LOOK),
    ]


def test_whoever_writes_before_the_script_is_there_is_put_out_and_nothing_is_kept(door: Door, dojo: Dojo) -> None:
    with door.enter(INTERVIEWER) as interviewer, door.enter(CANDIDATE) as candidate:
        interviewer.state_after("start")
        doc: Doc[Text] = Doc()
        doc.get("code", type=Text).insert(0, "import torch\n")
        candidate.socket.send_bytes(messages.sync(messages.UPDATE, doc.get_update()))
        with pytest.raises(WebSocketDisconnect) as closed:
            while True:
                candidate.hear()
        assert closed.value.code == 4409
        open_script(interviewer, dojo)


def test_a_look_that_takes_a_while_is_said_to_be_opened_and_waits_for_nobody(
    door: Door, grader: ScriptedGrader
) -> None:
    grader.records.clear()
    with door.enter(INTERVIEWER) as interviewer:
        interviewer.state_after("start")
        with door.enter(CANDIDATE) as candidate:
            candidate.ask("look", look="loss")
            for person in (candidate, interviewer):
                hear_until(person, lambda person=person: {"type": "looking", "look": "loss"} in person.told)  # type: ignore[misc]
            assert looks_of(candidate)["opened"] == {}
            assert "is being opened" in interviewer.refused("look", look="batch")
            with door.enter(OBSERVER) as late:
                hear_until(late, lambda: {"type": "looking", "look": "loss"} in late.told)
        # They have gone, and it is opened all the same: they asked for it.
        grader.records.set()
        hear_until(interviewer, lambda: "loss" in looks_of(interviewer)["opened"])
        assert interviewer.hear_until("looking")["look"] is None
        with door.enter(CANDIDATE) as again:
            hear_until(again, lambda: any(message["type"] == "look" for message in again.told))


def test_a_look_that_could_not_be_had_costs_nothing_and_can_be_asked_for_again(
    door: Door, grader: ScriptedGrader
) -> None:
    grader.broken = True
    with door.enter(INTERVIEWER) as interviewer, door.enter(CANDIDATE) as candidate:
        interviewer.state_after("start")
        assert candidate.refused("look", look="loss") == "The run could not be recorded."
        assert candidate.hear_until("looking")["look"] is None
        grader.broken = False
        open_one(candidate, "loss")
        assert looks_of(candidate)["spent"] == Look.LOSS.minutes


def test_a_look_that_comes_after_the_end_is_not_opened(door: Door, grader: ScriptedGrader) -> None:
    grader.records.clear()
    with door.enter(INTERVIEWER) as interviewer, door.enter(CANDIDATE) as candidate:
        interviewer.state_after("start")
        candidate.ask("look", look="loss")
        hear_until(candidate, lambda: {"type": "looking", "look": "loss"} in candidate.told)
        interviewer.state_after("end")
        grader.records.set()
        assert "ended already" in candidate.hear_until("refused")["fact"]
        assert looks_of(interviewer)["opened"] == {}


def test_a_server_that_goes_down_meanwhile_leaves_nothing_half_open(
    door: Door, dojo: Dojo, grader: ScriptedGrader
) -> None:
    with TestClient(create_app(dojo, token="key"), base_url=ORIGIN, headers={"origin": ORIGIN}) as browser:
        first = Door(browser, door.invitation)
        grader.records.clear()
        with first.enter(INTERVIEWER) as interviewer, first.enter(CANDIDATE) as candidate:
            interviewer.state_after("start")
            candidate.ask("look", look="loss")
            hear_until(candidate, lambda: {"type": "looking", "look": "loss"} in candidate.told)
    assert grader.recorded == 0
    grader.records.set()
    with door.enter(CANDIDATE) as candidate:
        assert looks_of(candidate)["opened"] == {}
        open_one(candidate, "loss")
        open_script(candidate, dojo)
    with TestClient(create_app(dojo, token="key"), base_url=ORIGIN, headers={"origin": ORIGIN}) as browser:
        third = Door(browser, door.invitation)
        with third.enter(CANDIDATE) as candidate:
            assert candidate.text == starter(dojo, SLUG)
            assert looks_of(candidate)["spent"] == Look.LOSS.minutes + Look.SCRIPT.minutes
            assert sum(message["type"] == "look" for message in candidate.told) == 2


def test_alone_it_is_the_same(door: Door, dojo: Dojo) -> None:
    alone = Door(door.browser, new_room(dojo, "diagnosis", exercise=SLUG, alone=True))
    page = alone.browser.get(alone.invitation.path(CANDIDATE)).text
    assert "script-hidden" in page
    with alone.enter(CANDIDATE) as candidate:
        candidate.state_after("start")
        assert "still hidden" in candidate.refused("run")
        open_one(candidate, "loss")
        open_script(candidate, dojo)
