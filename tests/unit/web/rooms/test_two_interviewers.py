"""Two interviewers in one room: each scores alone, and sees the other's scores when both have handed in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pycrdt import Doc
from starlette.testclient import TestClient
from tests.unit.web.conftest import ORIGIN
from tests.unit.web.rooms.conftest import Door, Person

from torchdojo.app.compose import Dojo
from torchdojo.app.invitations import Invitation, new_room
from torchdojo.domain.interview import Actor

CANDIDATE, INTERVIEWER, OBSERVER = Actor.CANDIDATE, Actor.INTERVIEWER, Actor.OBSERVER

#: What each of the two writes, which nobody else may find before it is time.
FIRST_SAID, SECOND_SAID = "first-one-said", "second-one-said"


@pytest.fixture
def invitation(dojo: Dojo) -> Invitation:
    return new_room(dojo, "spiral-classifier", minutes=45, interviewers=2)


@contextmanager
def second(door: Door) -> Iterator[Person]:
    path = f"{door.invitation.second_path}/socket"
    with door.browser.websocket_connect(path, headers={"host": "127.0.0.1:8123", "origin": ORIGIN}) as socket:
        person = Person(socket, Doc())
        person.sync()
        yield person


def rate(person: Person, dojo: Dojo, signal: str, said: str) -> dict[str, Any]:
    script = dojo.library.interview("spiral-classifier")
    assert script is not None
    person.state_after("note", text=f"note {said}", tag="concern")
    person.state_after("flag", flag="red", text=f"flag {said}")
    for criterion in script.criteria:
        state = person.state_after("signal", criterion=criterion.id, signal=signal, evidence=said)
    return state


def heard(person: Person) -> str:
    return "\n".join(data.decode(errors="replace") for data in person.sent)


def read(door: Door, path: str) -> str:
    """Everything that a link leads to: the room's page, its replay, its reports with all that is in them."""
    pages = ("", "/replay/log", "/report.json", "/report.json?candidate=true")
    return "\n".join(door.browser.get(f"{path}{page}").text for page in pages)


def test_each_sees_their_own_scores_alone_until_both_have_handed_in(door: Door, dojo: Dojo) -> None:
    made = door.invitation
    with (
        door.enter(INTERVIEWER) as one,
        second(door) as other,
        door.enter(OBSERVER) as observer,
        door.enter(CANDIDATE) as candidate,
    ):
        one.state_after("start")
        rate(one, dojo, "strong", FIRST_SAID)
        state = rate(other, dojo, "weak", SECOND_SAID)
        assert {marked["signal"] for marked in state["signals"].values()} == {"weak"}
        assert [note["text"] for note in state["notes"]] == [f"note {SECOND_SAID}"]
        assert other.refused("hand_in") == "The interview has not ended."
        one.state_after("end")
        assert other.state_after("hand_in")["scoring"]["final"]
        assert other.refused("signal", criterion="debugging", signal="strong").startswith("You have handed in")
        assert "Not both" in one.refused("release", what="report")
        # Nobody has yet been sent what somebody else gave.
        assert FIRST_SAID not in heard(other) + read(door, made.second_path)
        assert SECOND_SAID not in heard(one) + read(door, made.path(INTERVIEWER))

        state = one.state_after("hand_in")
        assert state["scoring"]["revealed"]
        assert "two steps" in state["scoring"]["html"]
        assert SECOND_SAID in state["scoring"]["html"]
        other.hear_until("state")
        one.state_after("release", what="report")
        while not any(message.get("state", {}).get("released") for message in candidate.told):
            candidate.hear()
        observer.ask("note", text="x", id=1)
        observer.hear_until("refused")
        for closed, path in ((observer, made.path(OBSERVER)), (candidate, made.path(CANDIDATE))):
            everything = heard(closed) + read(door, path)
            assert FIRST_SAID not in everything
            assert SECOND_SAID not in everything
    for path in (made.path(INTERVIEWER), made.second_path):
        data = json.loads(door.browser.get(f"{path}/report.json").text)
        joint = data["joint"]
        assert joint["first"]["total"] > joint["both"]["total"] > joint["second"]["total"]
        assert {each["first"] for each in joint["criteria"]} == {"strong"}
        assert {each["second"] for each in joint["criteria"]} == {"weak"}
        assert "Both interviewers" in door.browser.get(f"{path}/report").text
    own = json.loads(door.browser.get(f"{made.path(CANDIDATE)}/report.json").text)
    assert own["total"] == joint["both"]["total"]
    assert {each["signal"] for each in own["criteria"]} == {"medium"}
    assert "joint" not in own


def test_the_host_invites_a_second_one_later_and_waits_no_longer(dojo: Dojo, client: TestClient) -> None:
    made = new_room(dojo, "spiral-classifier", minutes=45)
    door = Door(client, made)
    with door.enter(INTERVIEWER) as one:
        one.state_after("start")
        assert rate(one, dojo, "strong", FIRST_SAID)["scoring"]["interviewers"] == 1
        page = client.post(f"/interviews/held/{made.room}/second").text
        path = page.split('id="link-second" readonly value="')[1].split('"')[0].split("testserver")[-1]
        path = path[path.index("/i/") :]
        assert one.hear_until("state")["state"]["scoring"]["interviewers"] == 2
        assert FIRST_SAID not in read(door, path)
        assert client.post(f"/interviews/held/{made.room}/close").status_code == 400
        one.state_after("end")
        assert "0 of 2 handed in" in client.get("/interviews/held").text
        client.post(f"/interviews/held/{made.room}/close")
        assert one.hear_until("state")["state"]["scoring"]["revealed"]
    assert FIRST_SAID in read(door, path)
    assert "both see all scores" in client.get("/interviews/held").text
    assert client.post(f"/interviews/held/{made.room}/close").status_code == 400
