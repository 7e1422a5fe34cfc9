"""A real server in its own process, and a real browser in front of it."""

from __future__ import annotations

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
SERVE = """
import sys
from pathlib import Path
from torchdojo.app.compose import open_dojo
from torchdojo.web import serve
def announce(address):
    print(address, flush=True)
content = [Path(folder) for folder in sys.argv[4:]]
with open_dojo(database=sys.argv[1], with_grader=sys.argv[3] == "True", content=content) as dojo:
    serve(dojo, host="127.0.0.1", port=int(sys.argv[2]), open_browser=False, announce=announce)
"""


class Server:
    """A server that can be killed and started again on the same port and database."""

    def __init__(self, folder: Path, *, with_grader: bool, content: Sequence[Path] = ()) -> None:
        self.database = str(folder / "dojo.sqlite3")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.base = f"http://127.0.0.1:{self.port}"
        self._with_grader = with_grader
        self._content = [str(root) for root in content]
        # Drills lie in the data folder.
        self._environment = {**os.environ, "TORCHDOJO_HOME": str(folder)}
        self._process: subprocess.Popen[str] | None = None
        self.first_address = ""
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-c", SERVE, self.database, str(self.port), str(self._with_grader), *self._content]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, start_new_session=True, env=self._environment
        )
        assert self._process.stdout is not None
        self.first_address = self._process.stdout.readline().strip()
        assert self.first_address.startswith(self.base), "the server did not start"

    def kill(self) -> None:
        """As a crash would: no goodbye."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._ended()

    def stop(self) -> None:
        """As Ctrl-C does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._ended(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()

    def _ended(self, timeout: float | None = None) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.wait(timeout)
        self._process.stdout.close()
        self._process = None


@pytest.fixture
def with_grader() -> bool:
    """Most pages judge nothing; a test that does asks for the grader by its parameter."""
    return False


@pytest.fixture
def content() -> list[Path]:
    """Content folders beside the shipped one; most pages need none."""
    return []


@pytest.fixture
def server(tmp_path: Path, with_grader: bool, content: list[Path]) -> Iterator[Server]:
    running = Server(tmp_path, with_grader=with_grader, content=content)
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
        """A new tab, opened with the address that the server printed."""
        page = self.context.new_page()
        page.goto(self.server.first_address)
        if path != "/":
            page.goto(self.server.base + path)
        return page


@pytest.fixture
def visitor(chromium: Any, server: Server) -> Iterator[Visitor]:
    person = Visitor(chromium, server)
    yield person
    person.context.close()
    assert person.complaints == []
    assert [url for url in person.requests if not url.startswith((server.base, "data:"))] == []
