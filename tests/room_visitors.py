"""People in a room over real web sockets, who come back by themselves as the page does; and a server to be killed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from pycrdt import Doc, Text
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from torchdojo.domain.interview import Actor
from torchdojo.web.rooms import messages

#: What a page sends again after a lost connection; see room_outbox.ts.
LASTING = frozenset({"note", "look_for", "bonus", "asked", "signal", "flag", "scratch"})

#: A page waits up to two seconds between two attempts; here nobody is spared.
AGAIN_SECONDS = 0.05


class Served:
    """`torchdojo serve` in a process of its own, on one port and one data folder whenever it is started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = str(folder / "dojo.sqlite3")
        self.complaints = folder / "complaints.txt"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.origin = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[str] | None = None
        self._complaints: IO[str] | None = None

    @property
    def pid(self) -> int:
        """The process that serves."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it; returns once its address can be opened."""
        environment = {
            **os.environ,
            "TORCHDOJO_HOME": str(self.folder),
            "TORCHDOJO_DATABASE_URL": f"sqlite:///{self.database}",
        }
        command = [sys.executable, "-m", "torchdojo", "serve", "--no-browser", "--port", str(self.port)]
        self._complaints = self.complaints.open("a")
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self._complaints, text=True, env=environment
        )
        assert self._process.stdout is not None
        told = self._process.stdout.readline()
        assert self.origin in told, f"the server did not start: {told} {self.complaints.read_text()}"

    def kill(self) -> None:
        """As a crash does: no goodbye, and nobody looks after the processes that it started."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As Ctrl-C does."""
        self._end(signal.SIGINT)

    def _end(self, by: signal.Signals) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        process.send_signal(by)
        process.wait(60)
        assert process.stdout is not None
        process.stdout.close()
        assert self._complaints is not None
        self._complaints.close()


class Visitor:
    """Somebody with the page of a room open. What they typed and did is theirs until the server says that it is kept.

    An edit or act is `acknowledged`, under the name that it was given, once the page would show it as kept.
    """

    def __init__(self, served: Served, path: str, role: Actor) -> None:
        self.role = role
        self.doc: Doc[Text] = Doc()
        self.state: dict[str, Any] = {}
        self.acknowledged: list[str] = []
        self.connections = 0
        #: Called with each of our own messages, and with each change of the text by somebody else.
        self.on_told: Callable[[dict[str, Any]], None] = lambda message: None
        self.on_update: Callable[[bytes], None] = lambda update: None
        self.changed = asyncio.Condition()
        self._address = served.origin.replace("http", "ws", 1) + path + "/socket"
        self._origin = served.origin
        self._socket: ClientConnection | None = None
        self._on_the_way: deque[str] = deque()
        self._behind: list[str] = []
        self._brought: list[str] = []
        self._unanswered: dict[int, tuple[str, dict[str, Any]]] = {}
        self._next = 1
        self._fresh = True

    @property
    def text(self) -> str:
        """What the editor shows."""
        return str(self.doc.get("code", type=Text))

    @property
    def connected(self) -> bool:
        """Whether there is a connection, and everything from before it has arrived."""
        return self._socket is not None and bool(self.state) and not self._fresh

    @property
    def ahead(self) -> int:
        """How much has not been acknowledged."""
        return len(self._on_the_way) + len(self._behind) + len(self._brought) + len(self._unanswered)

    @property
    def waits(self) -> bool:
        """Whether something has not been acknowledged."""
        return self.ahead > 0

    async def stay(self) -> None:
        """Be in the room, and come back whenever the connection is lost, until cancelled."""
        while True:
            with contextlib.suppress(OSError, ConnectionClosed, InvalidHandshake, TimeoutError):
                async with connect(
                    self._address, origin=self._origin, compression=None, max_size=None, ping_interval=None
                ) as opened:
                    self.connections += 1
                    try:
                        await self._listen(opened)
                    finally:
                        self._lost()
            await asyncio.sleep(AGAIN_SECONDS)

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something that this visitor hears makes it `true`."""
        async with self.changed:
            await self.changed.wait_for(true)

    async def edit(self, name: str, change: Callable[[Text], None]) -> None:
        """Change the text, connected or not."""
        before = self.doc.get_state()
        change(self.doc.get("code", type=Text))
        update = self.doc.get_update(before)
        if self._socket is None:
            self._behind.append(name)
            return
        self._on_the_way.append(name)
        await self._post(messages.sync(messages.UPDATE, update))

    async def act(self, name: str, act: str, **data: Any) -> None:
        """Do something besides typing; what does not last is not sent without a connection."""
        asked = {"act": act, **data, "id": self._next}
        self._next += 1
        if act in LASTING:
            self._unanswered[asked["id"]] = (name, asked)
        if self._socket is not None:
            await self._post(messages.ours(asked))

    async def show(self, person: messages.Presence) -> None:
        """Say where one's cursor is."""
        await self._post(messages.awareness([person]))

    async def _post(self, message: bytes) -> None:
        # What is lost with the connection comes again with the next one.
        with contextlib.suppress(ConnectionClosed):
            if self._socket is not None:
                await self._socket.send(message)

    def _lost(self) -> None:
        self._socket = None
        self._fresh = True
        self._behind = [*self._brought, *self._on_the_way, *self._behind]
        self._brought = []
        self._on_the_way.clear()

    async def _listen(self, opened: ClientConnection) -> None:
        self._socket = opened
        await opened.send(messages.sync(messages.STATE, self.doc.get_state()))
        try:
            async for data in opened:
                assert isinstance(data, bytes)
                await self._take(data)
                async with self.changed:
                    self.changed.notify_all()
        except ConnectionClosed:
            pass
        if opened.close_code is not None and 4400 <= opened.close_code < 4500:
            raise AssertionError(f"the {self.role} was put out for good: {opened.close_code} {opened.close_reason}")

    async def _take(self, data: bytes) -> None:
        reader = messages.Reader(data)
        kind = reader.number()
        if kind == messages.SYNC:
            await self._sync(reader.number(), reader.bytes())
        elif kind == messages.OURS:
            told = json.loads(reader.text())
            await self._hear(told)
            self.on_told(told)

    async def _sync(self, kind: int, data: bytes) -> None:
        if kind == messages.STATE:
            self._brought += self._behind
            self._behind = []
            await self._post(messages.sync(messages.MISSING, self.doc.get_update(data)))
            return
        self.doc.apply_update(data)
        if kind == messages.UPDATE:
            self.on_update(data)

    async def _hear(self, told: dict[str, Any]) -> None:
        if told["type"] == "kept":
            # What followed from changes that are not there yet waits for them.
            (self._behind or self._brought or self.acknowledged).append(self._on_the_way.popleft())
        elif told["type"] == "caught_up":
            self.acknowledged += self._brought
            self._brought = []
        elif told["type"] in ("done", "refused") and told["id"] in self._unanswered:
            self.acknowledged.append(self._unanswered.pop(told["id"])[0])
        elif told["type"] == "state":
            self.state = told["state"]
            await self._send_again()

    async def _send_again(self) -> None:
        """As room_outbox.ts does it: the first state shows which notes had arrived, all else is sent once more."""
        if not self._fresh:
            return
        self._fresh = False
        there = [(note["text"], note["tag"]) for note in self.state.get("notes", [])]
        for number, (name, asked) in list(self._unanswered.items()):
            if asked["act"] == "note" and (asked["text"], asked["tag"]) in there:
                self.acknowledged.append(name)
                del self._unanswered[number]
            else:
                await self._post(messages.ours(asked))
