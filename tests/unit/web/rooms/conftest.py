"""A room on a real SQLite file, and people who talk to it over web sockets as a browser does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from pycrdt import Doc, Text
from starlette.testclient import TestClient, WebSocketTestSession
from tests.unit.web.conftest import ORIGIN

from torchdojo.app.compose import Dojo
from torchdojo.app.invitations import Invitation, new_room
from torchdojo.domain.interview import Actor
from torchdojo.web.rooms import messages
from torchdojo.web.rooms.messages import Asked, Reader, Sync


@pytest.fixture
def invitation(dojo: Dojo) -> Invitation:
    return new_room(dojo, "spiral-classifier", minutes=45)


@dataclass
class Person:
    """Somebody with the page open: their document, what they were told, and every byte they were sent."""

    socket: WebSocketTestSession
    doc: Doc[Text]
    told: list[dict[str, Any]] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    synced: bool = False

    @property
    def text(self) -> str:
        return str(self.doc.get("code", type=Text))

    def hear(self) -> dict[str, Any] | None:
        """Take the next message in; our own ones are returned."""
        data = self.socket.receive_bytes()
        self.sent.append(data)
        if data[0] == messages.AWARENESS:
            return {"type": "awareness", "bytes": data}
        message = read_from_server(data)
        if isinstance(message, Sync):
            if message.kind == messages.STATE:
                self.socket.send_bytes(messages.sync(messages.MISSING, self.doc.get_update(message.data)))
            else:
                self.doc.apply_update(message.data)
                self.synced = self.synced or message.kind == messages.MISSING
            return {"type": "sync"}
        self.told.append(dict(message.content))
        return dict(message.content)

    def hear_until(self, kind: str) -> dict[str, Any]:
        while True:
            heard = self.hear()
            if heard is not None and heard["type"] == kind:
                return heard

    def ask(self, act: str, **data: Any) -> None:
        self.socket.send_bytes(messages.ours({"act": act, **data}))

    def state_after(self, act: str, **data: Any) -> dict[str, Any]:
        """Do it, and hear everything up to the word that it is done: others may be told of things meanwhile."""
        self.ask(act, **data, id=len(self.sent))
        self.hear_until("done")
        return dict(next(message for message in reversed(self.told) if message["type"] == "state")["state"])

    def refused(self, act: str, **data: Any) -> str:
        self.ask(act, **data)
        return str(self.hear_until("refused")["fact"])

    def type(self, text: str, at: int = 0) -> None:
        """Type, and wait until it is kept."""
        before = self.doc.get_state()
        self.doc.get("code", type=Text).insert(at, text)
        self.socket.send_bytes(messages.sync(messages.UPDATE, self.doc.get_update(before)))
        self.hear_until("kept")

    def sync(self) -> None:
        """Ask for what is missing, as a page that has just connected does."""
        self.synced = False
        self.socket.send_bytes(messages.sync(messages.STATE, self.doc.get_state()))
        while not self.synced:
            self.hear()


def read_from_server(data: bytes) -> Sync | Asked:
    """What the server sent; its own messages may be larger than those it takes."""
    reader = Reader(data)
    if reader.number() == messages.SYNC:
        return Sync(reader.number(), reader.bytes())
    return Asked(json.loads(reader.text()))


class Door:
    """The way in, for each role."""

    def __init__(self, browser: TestClient, invitation: Invitation) -> None:
        self.browser = browser
        self.invitation = invitation

    @contextmanager
    def enter(self, role: Actor, doc: Doc[Text] | None = None) -> Iterator[Person]:
        path = f"{self.invitation.path(role)}/socket"
        with self.browser.websocket_connect(path, headers={"host": "127.0.0.1:8123", "origin": ORIGIN}) as socket:
            person = Person(socket, doc or Doc())
            person.sync()
            while not any(message["type"] == "people" for message in person.told):
                person.hear()
            yield person


@pytest.fixture
def door(client: TestClient, invitation: Invitation) -> Door:
    client.cookies.clear()
    return Door(client, invitation)
