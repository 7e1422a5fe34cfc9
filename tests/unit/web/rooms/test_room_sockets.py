"""What people in a room see of each other, over real web sockets and a real database."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from pycrdt import Doc, Text
from sqlalchemy import Engine, event
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from tests.unit.web.conftest import ORIGIN
from tests.unit.web.rooms.conftest import Door

from torchdojo.app.catalogue import find_scripted
from torchdojo.app.compose import Dojo
from torchdojo.app.invitations import new_room, revoke_links
from torchdojo.app.practice import starter
from torchdojo.domain.interview import Actor, Happening
from torchdojo.interview.log import verify_chain
from torchdojo.library import Library
from torchdojo.web import create_app
from torchdojo.web.rooms import client as pace
from torchdojo.web.rooms import hall, messages

CANDIDATE, INTERVIEWER, OBSERVER = Actor.CANDIDATE, Actor.INTERVIEWER, Actor.OBSERVER
BUG = "missing-zero-grad"


def closing(person_socket: object, expected: int) -> str:
    """Read until the socket is closed; why it was."""
    with pytest.raises(WebSocketDisconnect) as closed:
        while True:
            person_socket.receive_bytes()  # type: ignore[attr-defined]
    assert closed.value.code == expected
    return str(closed.value.reason)


def test_both_type_and_end_with_the_same_text(door: Door, dojo: Dojo) -> None:
    with door.enter(CANDIDATE) as candidate, door.enter(INTERVIEWER) as interviewer:
        assert candidate.text == starter(dojo, "spiral-classifier")
        candidate.type("# 🙂 mine\n")
        interviewer.hear_until("sync")
        interviewer.type("# theirs\n")
        candidate.hear_until("sync")
        assert candidate.text == interviewer.text
        assert {"# 🙂 mine", "# theirs"} <= set(candidate.text.splitlines())


def test_who_comes_late_sees_the_text_and_the_last_run(door: Door) -> None:
    with door.enter(CANDIDATE) as candidate, door.enter(INTERVIEWER) as interviewer:
        interviewer.state_after("start")
        candidate.type("# mended\n")
        candidate.ask("run")
        while not candidate.hear_until("output").get("ended"):
            pass
        with door.enter(OBSERVER) as late:
            assert late.text == candidate.text
            assert "epoch 1 <b>loss</b>\n" in [message.get("text") for message in late.told]
            assert any(message["type"] == "curve" for message in late.told)


def test_a_server_that_comes_back_has_every_keystroke_and_what_was_typed_meanwhile(door: Door, dojo: Dojo) -> None:
    doc: Doc = Doc()
    with door.enter(CANDIDATE, doc) as candidate, door.enter(INTERVIEWER) as interviewer:
        interviewer.state_after("start")
        interviewer.state_after("note", text="calm")
        candidate.type("# before\n")
    doc.get("code", type=Text).insert(0, "# offline\n")
    with TestClient(create_app(dojo, token="key"), base_url=ORIGIN, headers={"origin": ORIGIN}) as browser:
        again = Door(browser, door.invitation)
        with again.enter(CANDIDATE, doc) as candidate:
            # The page answers the server's question with what it has typed on its own.
            while not any(message["type"] == "caught_up" for message in candidate.told):
                candidate.hear()
            # It counts the answers to what it types from now on.
            assert not any(message["type"] == "kept" for message in candidate.told)
            with again.enter(INTERVIEWER) as interviewer:
                assert interviewer.text == candidate.text
                assert interviewer.text.startswith("# offline\n# before\n")
                state = interviewer.state_after("note", text="back")
                assert [note["text"] for note in state["notes"]] == ["calm", "back"]


def test_a_change_that_brings_nothing_new_is_answered_as_well(door: Door) -> None:
    with door.enter(CANDIDATE) as candidate:
        candidate.type("# once\n")
        candidate.socket.send_bytes(messages.sync(messages.UPDATE, candidate.doc.get_update()))
        candidate.hear_until("kept")
        assert candidate.text.count("# once\n") == 1


def test_what_a_full_disk_did_not_take_is_nowhere_and_comes_again(door: Door, dojo: Dojo) -> None:
    def cap(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    doc: Doc = Doc()
    with door.enter(INTERVIEWER) as interviewer, door.enter(CANDIDATE, doc) as candidate:
        candidate.type("# kept\n")
        dojo.store.close()
        event.listen(Engine, "connect", cap)
        doc.get("code", type=Text).insert(0, "#" * 100_000 + "\n")
        candidate.socket.send_bytes(messages.sync(messages.UPDATE, doc.get_update()))
        assert "could not be kept" in closing(candidate.socket, 4500)
        event.remove(Engine, "connect", cap)
        dojo.store.close()
        with door.enter(CANDIDATE) as other:
            assert other.text.startswith("# kept\n")
            assert interviewer.state_after("note", text="goes on")["notes"]
        with door.enter(CANDIDATE, doc) as again:
            while not any(message["type"] == "caught_up" for message in again.told):
                again.hear()
        interviewer.sync()
        assert interviewer.text == again.text == str(doc.get("code", type=Text))


def test_a_run_shows_its_output_to_both_and_its_verdict_to_one(door: Door) -> None:
    with door.enter(CANDIDATE) as candidate, door.enter(INTERVIEWER) as interviewer:
        interviewer.state_after("start")
        candidate.type("# mended\n")
        candidate.ask("run")
        for person in (candidate, interviewer):
            while not person.hear_until("output").get("ended"):
                pass
        state = interviewer.hear_until("state")["state"]
        assert state["ticks"][BUG]["state"] == "fixed"
        assert state["ticks"][BUG]["evidence"] == "seen <i>so</i>"
        assert state["runs"][0]["verdict"] == "passed"
        told = candidate.hear_until("state")["state"]
        assert set(told) == {"clock", "nudges", "released", "scratch", "run", "looks"}
        assert told["run"] is None


def test_a_nudge_reaches_the_candidate_only_when_it_is_shown(door: Door) -> None:
    with door.enter(CANDIDATE) as candidate, door.enter(INTERVIEWER) as interviewer:
        interviewer.state_after("start")
        said = interviewer.state_after("nudge", text="Think of the step.", price=2, shown=False)
        assert said["nudges"][0]["price"] == 2
        interviewer.state_after("nudge", nudge=f"about-{BUG}", shown=True)
        while True:
            state = candidate.hear_until("state")["state"]
            if state["nudges"]:
                break
        assert len(state["nudges"]) == 1
        assert "Think of the step." not in state["nudges"][0]


def test_nobody_does_what_the_role_does_not_allow(door: Door) -> None:
    with door.enter(CANDIDATE) as candidate, door.enter(OBSERVER) as observer:
        assert candidate.refused("start") == "Only the interviewer may do that."
        assert observer.refused("note", text="x") == "Only the interviewer may do that."
        assert observer.refused("run") == "Observers read along; they do not run anything."
        assert candidate.refused("run") == "The interview has not started."
        assert "not known" in candidate.refused("constructor")


def test_an_observers_typing_goes_nowhere(door: Door, dojo: Dojo) -> None:
    with door.enter(OBSERVER) as observer:
        update = Doc()
        from pycrdt import Text

        update.get("code", type=Text).insert(0, "# observed")
        observer.socket.send_bytes(messages.sync(messages.UPDATE, update.get_update()))
        observer.refused("note", text="x")
        with door.enter(CANDIDATE) as candidate:
            assert "# observed" not in candidate.text
    kinds = [event.kind for event in dojo.store.room_events(door.invitation.room)]
    assert kinds.count(Happening.EDIT) == 1


def test_an_interview_ends_once(door: Door) -> None:
    with door.enter(CANDIDATE) as candidate, door.enter(INTERVIEWER) as interviewer:
        interviewer.state_after("start")
        assert interviewer.state_after("end")["clock"]["ended"]
        assert interviewer.refused("end") == "The interview has ended already."
        assert interviewer.refused("pause") == "The interview has ended already."
        assert interviewer.state_after("note", text="afterwards")["notes"]
        assert candidate.refused("run") == "The interview has ended already."


BAD = {
    "text instead of bytes": (None, 4400),
    "nothing": (b"", 4400),
    "an unknown kind": (b"\x09\x01", 4400),
    "cut off": (b"\x00\x02\x7f\x01", 4400),
    "no update": (b"\x00\x02\x03abc", 4409),
    "no state": (messages.sync(messages.STATE, b"\xff\xff"), 4400),
    "no JSON": (b"\x04\x03{{{", 4400),
    "a number without end": (b"\xff" * 30, 4400),
    "deep JSON": (messages.number(4) + messages.piece(b"[" * 100_000), 4400),
    "no number": (messages.number(4) + messages.piece(b'{"act":1e999}'), 4400),
    "a list": (messages.number(4) + messages.piece(b"[]"), 4400),
    "a false presence": (messages.number(1) + messages.piece(b"\x01\x01\x01\x02{{"), 4400),
    "too large": (messages.sync(messages.UPDATE, b"a" * 200_001), 4413),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_what_cannot_be_read_closes_that_socket_with_a_reason_and_no_other(name: str, door: Door, dojo: Dojo) -> None:
    data, code = BAD[name]
    with door.enter(INTERVIEWER) as interviewer:
        with door.enter(CANDIDATE) as candidate:
            if data is None:
                candidate.socket.send_text("hello")
            else:
                candidate.socket.send_bytes(data)
            assert closing(candidate.socket, code).endswith("Reload the page.")
        assert interviewer.state_after("start")["clock"]["running"]
    assert verify_chain(dojo.store.room_events(door.invitation.room)) is None


@pytest.fixture
def no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, what comes in comes at once."""
    monkeypatch.setattr(pace, "PER_SECOND", 0.0)
    monkeypatch.setattr(pace, "BYTES_PER_SECOND", 0.0)


@pytest.mark.usefixtures("no_time_passes")
def test_a_thousand_messages_at_once_close_the_socket(door: Door) -> None:
    with door.enter(CANDIDATE) as candidate:
        for _ in range(1000):
            candidate.socket.send_bytes(messages.number(messages.ASK_AWARENESS))
        assert "Too many messages" in closing(candidate.socket, 4429)
    with door.enter(CANDIDATE) as candidate:
        assert candidate.text


@pytest.mark.usefixtures("no_time_passes")
def test_more_than_anybody_pastes_closes_the_socket_and_loses_nothing_else(door: Door) -> None:
    with door.enter(CANDIDATE) as candidate:
        candidate.type("# kept\n")
        for _ in range(20):
            candidate.socket.send_bytes(messages.sync(messages.UPDATE, b"a" * 150_000))
        closing(candidate.socket, 4429)
    with door.enter(CANDIDATE) as candidate:
        assert candidate.text.startswith("# kept\n")


def test_a_text_that_grows_too_long_is_sent_back_and_what_was_there_stays(door: Door) -> None:
    with door.enter(CANDIDATE) as candidate:
        candidate.type("# kept\n")
        candidate.type("x" * 199_000)
        candidate.type("x" * 190_000)
        with pytest.raises(WebSocketDisconnect) as closed:
            candidate.type("x" * 50_000)
        assert "longer than 400,000 characters" in closed.value.reason
    with door.enter(CANDIDATE) as candidate:
        assert len(candidate.text) < 400_000
        assert "# kept" in candidate.text


def test_what_is_asked_for_with_a_number_is_answered_with_it(door: Door) -> None:
    with door.enter(INTERVIEWER) as interviewer:
        interviewer.ask("note", text="x", id=7)
        assert interviewer.hear_until("done")["id"] == 7
        interviewer.ask("note", text="", id=8)
        assert interviewer.hear_until("refused")["id"] == 8


def test_who_leaves_during_a_run_finds_its_end(door: Door, dojo: Dojo) -> None:
    with door.enter(CANDIDATE) as candidate, door.enter(INTERVIEWER) as interviewer:
        interviewer.state_after("start")
        candidate.type("# mended, slowly\n")
        candidate.ask("run")
        candidate.hear_until("output")
    dojo.grader.going_on.set()  # type: ignore[attr-defined]
    with door.enter(CANDIDATE) as candidate:
        while not any(message.get("ended") for message in candidate.told):
            candidate.hear()
    with door.enter(INTERVIEWER) as interviewer:
        assert interviewer.state_after("note", text="x")["ticks"][BUG]["state"] == "fixed"


def test_a_link_that_is_closed_puts_out_who_is_inside(door: Door, dojo: Dojo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hall, "LINK_SECONDS", 0.01)
    with door.enter(CANDIDATE) as candidate, door.enter(INTERVIEWER) as interviewer:
        revoke_links(dojo, door.invitation.room, CANDIDATE)
        assert "closed by the interviewer" in closing(candidate.socket, 4403)
        assert interviewer.state_after("start")["clock"]["running"]


def test_a_deleted_exercise_is_told_in_the_room_and_nothing_is_lost(dojo: Dojo, tmp_path: Path) -> None:
    script = dojo.library.interview("spiral-classifier")
    assert script is not None
    exercises = tmp_path / "content" / "exercises"
    folder = exercises / "debugging" / "spiral-classifier"
    shutil.copytree(find_scripted(dojo, "spiral-classifier").folder, folder)
    shutil.copytree(script.file.parent, tmp_path / "content" / "interviews" / "spiral-classifier")
    own = replace(dojo, library=Library(shipped=exercises))
    with TestClient(create_app(own, token="key"), base_url=ORIGIN, headers={"origin": ORIGIN}) as browser:
        door = Door(browser, new_room(own, "spiral-classifier"))
        with door.enter(CANDIDATE) as candidate, door.enter(INTERVIEWER) as interviewer:
            interviewer.state_after("start")
            candidate.type("# kept\n")
            shutil.rmtree(folder)
            assert "'spiral-classifier' is gone or broken" in candidate.refused("run")
            assert interviewer.state_after("note", text="goes on")["notes"]
            assert "cannot be shown just now" in browser.get(door.invitation.path(CANDIDATE)).text
            page = browser.get(door.invitation.path(INTERVIEWER)).text
            assert "Gone or broken since this room was made" in page
        with door.enter(INTERVIEWER) as interviewer:
            assert interviewer.text.startswith("# kept\n")
            assert interviewer.state_after("end")["clock"]["ended"]


def test_cursors_are_passed_on_and_leave_with_their_owner(door: Door) -> None:
    with door.enter(INTERVIEWER) as interviewer:
        with door.enter(CANDIDATE) as candidate:
            here = messages.Presence(7, 1, '{"user":{"name":"interviewer"},"cursor":{"anchor":1}}')
            candidate.socket.send_bytes(messages.awareness([here]))
            seen = messages.read(interviewer.hear_until("awareness")["bytes"])
            assert isinstance(seen, messages.Seen)
            shown = json.loads(seen.people[0].state)
            assert (shown["user"]["name"], shown["cursor"]) == ("candidate", {"anchor": 1})
        gone = messages.Presence(7, 2, "null")
        assert interviewer.hear_until("awareness")["bytes"] == messages.awareness([gone])


@pytest.mark.parametrize(
    "headers", [{"origin": "http://elsewhere.example"}, {"origin": ORIGIN, "host": "evil:8123"}, {}]
)
def test_a_page_from_elsewhere_cannot_connect(door: Door, headers: dict[str, str]) -> None:
    door.browser.headers.pop("origin")
    path = f"{door.invitation.path(CANDIDATE)}/socket"
    with (
        pytest.raises(WebSocketDisconnect),
        door.browser.websocket_connect(path, headers={"host": "127.0.0.1:8123"} | headers),
    ):
        pass


def test_a_wrong_or_closed_link_is_told_so(door: Door, dojo: Dojo) -> None:
    room = door.invitation.room
    headers = {"host": "127.0.0.1:8123", "origin": ORIGIN}
    with door.browser.websocket_connect(f"/i/{room}/wrong/socket", headers=headers) as socket:
        assert "leads nowhere" in closing(socket, 4403)
    page = door.browser.get(f"/i/{room}/wrong")
    assert page.status_code == 404
    assert "This link leads nowhere." in page.text
    assert revoke_links(dojo, room, CANDIDATE) == 1
    assert "closed by the interviewer" in door.browser.get(door.invitation.path(CANDIDATE)).text
    assert door.browser.get(door.invitation.path(INTERVIEWER)).status_code == 200
