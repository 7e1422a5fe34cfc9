"""People who come and go at the same moment, with sockets that do just what the test says."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from torchdojo.app.compose import Dojo
from torchdojo.app.invitations import Invitation
from torchdojo.domain.interview import Actor
from torchdojo.web.rooms import Hall
from torchdojo.web.rooms.messages import OURS, Reader


class Socket:
    """A connection that sends nothing and leaves when told; what it hears about people is written down."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[list[str]] = asyncio.Queue()
        self.gone = asyncio.Event()

    async def accept(self) -> None:
        """It is always there."""

    async def close(self, code: int, reason: str) -> None:
        """It does not mind."""

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "websocket.disconnect"}

    async def send_bytes(self, data: bytes) -> None:
        reader = Reader(data)
        if reader.number() == OURS:
            message = json.loads(reader.text())
            if message["type"] == "people":
                self.heard.put_nowait(message["people"])

    async def hears(self, people: list[str]) -> None:
        while await self.heard.get() != people:
            pass


def test_who_comes_back_while_leaving_is_in_the_same_room_as_who_comes_next(dojo: Dojo, invitation: Invitation) -> None:
    async def reload_and_join() -> None:
        hall = Hall(dojo)
        visits = []

        def come(role: Actor) -> Socket:
            socket = Socket()
            secret = invitation.secrets[role]
            visits.append(asyncio.create_task(hall.visit(socket, invitation.room, secret)))  # type: ignore[arg-type]
            return socket

        old = come(Actor.CANDIDATE)
        await old.hears(["candidate"])
        old.gone.set()
        new = come(Actor.CANDIDATE)
        await visits[0]
        await new.hears(["candidate"])
        interviewer = come(Actor.INTERVIEWER)
        await interviewer.hears(["candidate", "interviewer"])
        await new.hears(["candidate", "interviewer"])
        for socket in (new, interviewer):
            socket.gone.set()
        await asyncio.gather(*visits)
        await hall.empty()

    asyncio.run(asyncio.wait_for(reload_and_join(), 60))
