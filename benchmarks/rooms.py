"""How soon a keystroke reaches the other person in a room while a run is graded, and what fifty rooms cost one server.

The server is the one that a user starts, in its own process. The clients speak the page's protocol; once two real
pages in Chromium are measured as well, from the key to the changed page of the other one.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, median, quantile
from benchmarks.memory import uss_mb

# Visitors stand with the tests, which are no part of the package.
sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.room_visitors import Served, Visitor

from torchdojo.app.compose import open_dojo
from torchdojo.app.invitations import Invitation, new_room
from torchdojo.domain.interview import Actor
from torchdojo.web.rooms.messages import Presence

MEDIAN_SECONDS, P95_SECONDS = 0.050, 0.150
ROOMS = 50
MB_PER_ROOM = 12.0
KEYS_PER_SECOND = 4.0
INTERVIEW = "spiral-classifier"

#: What a page says of its cursor with every key, about as long as there.
CURSOR = '{"user":{"name":"candidate","color":"#c8490f"},"cursor":{"anchor":%s,"head":%s}}'
PLACE = '{"type":{"client":2147483647,"clock":12345},"tname":null,"item":{"client":2147483647,"clock":23456},"assoc":0}'

#: Notes when each key was pressed, and when the first line had grown to each length.
WATCH_KEYS = """() => {
  window.pressed = [];
  document.addEventListener('keydown', () => window.pressed.push(performance.timeOrigin + performance.now()), true);
}"""
WATCH_LINE = """() => {
  window.grown = [];
  const content = document.querySelector('.cm-content');
  const look = () => {
    // The other one's name stands at their cursor, and has no x.
    const length = content.querySelector('.cm-line').textContent.replaceAll(/[^x]/g, '').length;
    const now = performance.timeOrigin + performance.now();
    while (window.grown.length < length) window.grown.push(now);
  };
  new MutationObserver(look).observe(content, { childList: true, characterData: true, subtree: true });
}"""


def measure(*, quick: bool) -> Iterator[Figure]:
    """Latency in one room by protocol and in two browsers, then in fifty rooms, and their memory."""
    with server(1) as (served, rooms):
        alone = asyncio.run(_held(served, rooms, seconds=10 if quick else 60))
    name = f"keystroke during a run (n={len(alone.delays)}, {alone.runs} runs)"
    yield Figure(f"{name}, median", median(alone.delays), MEDIAN_SECONDS, 1)
    yield Figure("keystroke during a run, 95th percentile", quantile(alone.delays, 0.95), P95_SECONDS, 1)
    with server(1) as (served, rooms):
        delays = _in_browsers(served, rooms[0], keys=40 if quick else 200)
    yield Figure(f"the same in two browsers (n={len(delays)}), median", median(delays), MEDIAN_SECONDS, 1)
    yield Figure("the same in two browsers, 95th percentile", quantile(delays, 0.95), P95_SECONDS, 1)
    with server(ROOMS) as (served, rooms):
        crowd = asyncio.run(_held(served, rooms, seconds=10 if quick else 30))
    name = f"{ROOMS} rooms (n={len(crowd.delays)}, {crowd.runs} runs)"
    yield Figure(f"{name} / one, median", median(crowd.delays), median(alone.delays), 2)
    yield Figure(f"{ROOMS} rooms / one, 95th", quantile(crowd.delays, 0.95), quantile(alone.delays, 0.95), 2)
    yield Figure("private memory of the server per room", crowd.grown / (ROOMS - 1), MB_PER_ROOM, 1, unit="MB")


@contextmanager
def server(rooms: int) -> Iterator[tuple[Served, list[Invitation]]]:
    """A server with so many rooms that nobody has entered yet."""
    with tempfile.TemporaryDirectory() as folder:
        served = Served(Path(folder))
        with open_dojo(database=served.database, with_grader=False) as dojo:
            made = [new_room(dojo, INTERVIEW, minutes=60) for _ in range(rooms)]
        served.start()
        try:
            yield served, made
        finally:
            served.stop()


@dataclass
class _Seen:
    """Seconds from each key to its arrival at the other side; runs that ended; MB that the server grew by."""

    delays: list[float] = field(default_factory=list)
    runs: int = 0
    grown: float = 0.0


class _Pair:
    """Two people in a room: the candidate types, and when it reaches the interviewer is noted."""

    def __init__(self, served: Served, made: Invitation, seen: _Seen) -> None:
        self.candidate = Visitor(served, made.path(Actor.CANDIDATE), Actor.CANDIDATE)
        self.interviewer = Visitor(served, made.path(Actor.INTERVIEWER), Actor.INTERVIEWER)
        self._seen = seen
        self._typed: list[float] = []
        self._arrived = 0
        self.staying = [asyncio.create_task(who.stay()) for who in (self.candidate, self.interviewer)]

    async def enter(self) -> None:
        """Wait until both are there, and start the clock."""
        for who in (self.candidate, self.interviewer):
            await who.until(lambda who=who: who.connected)  # type: ignore[misc]
        await self.interviewer.act("start", "start")
        await self.candidate.until(lambda: self.candidate.state["clock"]["running"])
        self.interviewer.on_update = self._arrive

    def _arrive(self, update: bytes) -> None:
        # One person types, so that what arrives is in the order of the keys.
        self._seen.delays.append(time.perf_counter() - self._typed[self._arrived])
        self._arrived += 1

    async def type(self, seconds: float, draw: random.Random) -> None:
        """Type into a comment at the beginning, as somebody does who thinks aloud."""
        await self.candidate.edit("#", lambda text: text.insert(0, "#\n"))
        self._typed.append(time.perf_counter())
        end = time.perf_counter() + seconds
        place, cursor = 1, Presence(draw.getrandbits(31), 1, CURSOR % (PLACE, PLACE))
        while time.perf_counter() < end:
            await asyncio.sleep(draw.expovariate(KEYS_PER_SECOND))
            self._typed.append(time.perf_counter())
            await self.candidate.edit("x", lambda text, at=place: text.insert(at, "x"))  # type: ignore[misc]
            place += 1
            cursor = Presence(cursor.client, cursor.clock + 1, cursor.state)
            await self.candidate.show(cursor)
        await self.interviewer.until(lambda: self._arrived == len(self._typed))
        assert self.interviewer.text == self.candidate.text

    async def run(self) -> None:
        """Run to the end."""
        before = len(self.interviewer.state["runs"])
        await self.candidate.act("run", "run")
        ended = self.interviewer
        await ended.until(lambda: len(ended.state["runs"]) > before and ended.state["runs"][-1]["ended"])
        assert ended.state["runs"][-1]["verdict"], "a run was not judged"

    async def leave(self) -> None:
        """Close both pages."""
        for task in self.staying:
            task.cancel()
        await asyncio.gather(*self.staying, return_exceptions=True)


async def _held(served: Served, rooms: Sequence[Invitation], *, seconds: float) -> _Seen:
    seen = _Seen()
    first = _Pair(served, rooms[0], seen)
    await first.enter()
    # The first run starts the grader.
    await first.run()
    before = uss_mb(served.pid)
    pairs = [first]
    for made in rooms[1:]:
        pairs.append(_Pair(served, made, seen))
        await pairs[-1].enter()

    async def keep_running() -> None:
        while True:
            await first.run()
            seen.runs += 1

    running = asyncio.create_task(keep_running())
    await asyncio.gather(*(pair.type(seconds, random.Random(number)) for number, pair in enumerate(pairs)))
    seen.grown = uss_mb(served.pid) - before
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    for pair in pairs:
        await pair.leave()
    return seen


def _in_browsers(served: Served, made: Invitation, *, keys: int) -> list[float]:
    """Seconds from each key to the other page with it, while one run follows the other."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        candidate, interviewer = (_page(browser, served, made, role) for role in (Actor.CANDIDATE, Actor.INTERVIEWER))
        interviewer.get_by_role("button", name="Start").click()
        candidate.locator("#run:enabled").wait_for()
        candidate.locator(".cm-content").click()
        candidate.keyboard.press("Control+Home")
        candidate.keyboard.type("# \n")
        candidate.keyboard.press("ArrowUp")
        candidate.keyboard.press("End")
        # The first run starts the grader.
        candidate.locator("#run").click()
        candidate.locator("#stage", has_text="The run ended").wait_for(timeout=240_000)
        candidate.locator(".cm-content").focus()
        candidate.evaluate(WATCH_KEYS)
        interviewer.evaluate(WATCH_LINE)
        draw = random.Random(0)
        for _ in range(keys):
            # By the page's own button, without taking the focus; hidden while a run goes on.
            candidate.evaluate("document.getElementById('run').hidden || document.getElementById('run').click()")
            candidate.keyboard.press("x")
            candidate.wait_for_timeout(1000 * draw.expovariate(KEYS_PER_SECOND))
        interviewer.wait_for_function("keys => window.grown.length === keys", arg=keys)
        pressed, grown = candidate.evaluate("window.pressed"), interviewer.evaluate("window.grown")
        browser.close()
    return [(arrived - left) / 1000 for left, arrived in zip(pressed, grown, strict=True)]


def _page(browser: Any, served: Served, made: Invitation, role: Actor) -> Any:
    page = browser.new_context(viewport={"width": 1280, "height": 820}).new_page()
    page.goto(served.origin + made.path(role))
    page.locator("#saved", has_text="Connected").wait_for()
    return page
