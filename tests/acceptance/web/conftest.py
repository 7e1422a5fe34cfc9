"""A real server in another process, and a real browser in front of it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
# A busy machine is slow, not broken; what never comes is still found out.
sync_api.expect.set_options(timeout=20_000)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


class Nursery:
    """The process that servers come from."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        command = [sys.executable, str(Path(__file__).with_name("server_nursery.py")), str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], start_new_session=True)

    def fork(self, asked: dict[str, Any]) -> socket.socket:
        """A new process, which does what it was asked; the socket is for talking to it and closes when it ends."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [json.dumps(asked).encode()], [theirs.fileno()])
        return ours

    def close(self) -> None:
        """Ask for nothing any more; every server must have been told to end."""
        self._control.close()
        self._process.wait()


class House:
    """One process with a warm grader in which several servers live; it is built when the first moves in."""

    def __init__(self, nursery: Nursery, folder: Path) -> None:
        self._nursery = nursery
        self._folder = folder
        self._channel: socket.socket | None = None

    def take_in(self, asked: dict[str, Any]) -> socket.socket:
        """Start a server in it; what it tells comes from the socket."""
        if self._channel is None:
            self._channel = self._nursery.fork({"folder": str(self._folder)})
        self._channel.sendall(json.dumps(asked).encode() + b"\n")
        return self._channel

    def close(self) -> None:
        """End it with all servers, and wait until it is gone."""
        if self._channel is not None:
            self._channel.shutdown(socket.SHUT_WR)
            heard_until(self._channel, b"")
            self._channel.close()


def heard_until(channel: socket.socket, end: bytes) -> bytes:
    """What comes from the channel up to `end`, or up to its own end."""
    heard = b""
    while (more := channel.recv(4096)) and not (end and (heard + more).endswith(end)):
        heard += more
    return heard + more


class Server:
    """A server on one port and one database; one with a process of its own can be killed and started again."""

    def __init__(
        self, folder: Path, nursery: Nursery, house: House | None, *, with_grader: bool, content: Sequence[Path] = ()
    ) -> None:
        self.database = str(folder / "dojo.sqlite3")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.base = f"http://127.0.0.1:{self.port}"
        self._nursery = nursery
        self._house = house
        self._content = [str(root) for root in content]
        self._channel: socket.socket | None = None
        self._pid = 0
        self.first_address = ""
        self.start(with_grader=with_grader)

    def start(self, *, with_grader: bool = False) -> None:
        """Start it; returns once its address can be opened."""
        asked = {
            "database": self.database,
            "port": self.port,
            "with_grader": with_grader,
            "content": self._content,
        }
        if self._house is not None:
            told = heard_until(self._house.take_in(asked), b"\n")
        else:
            self._channel = self._nursery.fork(asked)
            told = heard_until(self._channel, b"\n")
        pid, _, self.first_address = told.decode().strip().partition(" ")
        assert self.first_address.startswith(self.base), "the server did not start"
        self._pid = int(pid)

    def address(self, path: str) -> str:
        """Where a page is found by somebody who comes with the key."""
        key = self.first_address.partition("?")[2]
        before, mark, query = path.partition("?")
        return f"{self.base}{before}?{query}{mark and '&'}{key}"

    def kill(self) -> None:
        """As a crash would: no goodbye."""
        assert self._channel is not None, "it shares its process with others"
        os.killpg(self._pid, signal.SIGKILL)
        self._ended()

    def stop(self) -> None:
        """As Ctrl-C does; one that shares its process ends with the house."""
        if self._channel is not None:
            os.kill(self._pid, signal.SIGINT)
            self._channel.settimeout(20)
            try:
                self._ended()
            except TimeoutError:
                self._channel.settimeout(None)
                self.kill()

    def _ended(self) -> None:
        assert self._channel is not None
        heard_until(self._channel, b"")
        self._channel.close()
        self._channel = None


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    first = Nursery()
    yield first
    first.close()


@pytest.fixture(scope="session")
def house(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = House(nursery, tmp_path_factory.getbasetemp())
    yield built
    built.close()


@pytest.fixture
def with_grader() -> bool:
    """Most pages judge nothing; a test that does asks for the grader by its parameter."""
    return False


@pytest.fixture
def content() -> list[Path]:
    """Content folders beside the shipped one; most pages need none."""
    return []


@pytest.fixture
def is_killed() -> bool:
    """A test that kills its server asks for one with a process, and a grader, of its own."""
    return False


@pytest.fixture
def server(
    tmp_path: Path, nursery: Nursery, house: House, with_grader: bool, is_killed: bool, content: list[Path]
) -> Iterator[Server]:
    shared = house if with_grader and not is_killed else None
    running = Server(tmp_path, nursery, shared, with_grader=with_grader, content=content)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    # Not for the whole session: while it lives, an event loop runs in the main thread, where others start theirs.
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; on Debian: apt-get install chromium")
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield browser
        browser.close()


class Visitor:
    """Somebody with a browser; everything their pages asked for and complained about is written down."""

    def __init__(self, chromium: Any, server: Server, **options: Any) -> None:
        self.context = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}} | options)
        self.context.set_default_timeout(20_000)
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.context.on("console", self._note)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.server = server
        self.requests: list[str] = []
        self.complaints: list[str] = []

    def _note(self, message: Any) -> None:
        # A page that is asked for in vain, or a server that was killed, is the test's own doing.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def enter(self, path: str = "/") -> Any:
        """A new tab, opened with the key that the server printed."""
        page = self.context.new_page()
        page.goto(self.server.address(path))
        return page


@pytest.fixture
def visitor(chromium: Any, server: Server) -> Iterator[Visitor]:
    person = Visitor(chromium, server)
    yield person
    person.context.close()
    assert person.complaints == []
    assert [url for url in person.requests if not url.startswith((server.base, "data:"))] == []
