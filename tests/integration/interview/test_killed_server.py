"""The server is killed at random moments while two people work in a room, and started again each time.

Whatever a page would have shown as kept is in the log afterwards, once; the log is whole; the people come back by
themselves and end with the same text. They speak the page's protocol (tests/room_visitors.py).
"""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Text
from tests.room_visitors import Served, Visitor

from torchdojo.app.compose import open_dojo
from torchdojo.app.interviewing import written_update
from torchdojo.app.invitations import Invitation, new_room
from torchdojo.app.shared_text import SharedText
from torchdojo.domain.interview import Actor, Happening, Signal
from torchdojo.interview.log import verify_chain
from torchdojo.interview.state import State, state_of
from torchdojo.store.database import DatabaseStore

#: What somebody does in a second, and for how much of it they go on before they hear that it was kept.
ACTS_PER_SECOND = 30.0
MOST_AHEAD = 6

#: A server lives for up to so long; of those that live on into a grading, up to so long of that.
LIFE_SECONDS = 3.0
SHARE_IN_GRADING = 0.15

#: A line that cannot be parsed: its run has a verdict at once, without the grader.
BROKEN = "broken (\n"

LINE = re.compile(r"^# ([ci]\d+)$", re.MULTILINE)


class Person:
    """Somebody at work in the room, by a seeded draw, and everything they did in its order."""

    def __init__(self, served: Served, made: Invitation, role: Actor, script: dict[str, list[str]], seed: int) -> None:
        self.page = Visitor(served, made.path(role), role)
        self.lines: list[str] = []
        self.cut: set[str] = set()
        self.once: list[str] = []
        self.set_to: dict[str, list[tuple[str, Any]]] = {}
        self.verdicts: dict[int, str] = {}
        self.ticks: dict[str, tuple[int, str]] = {}
        self.graded = asyncio.Event()
        self.rests = False
        self._initial = str(role)[0]
        self._script = script
        self._draw = random.Random(seed)
        self._done = 0
        self._broken = False
        self.page.on_told = self._hear

    def _hear(self, told: dict[str, Any]) -> None:
        if told["type"] == "output" and not told.get("ended"):
            self.graded.set()
        if told["type"] == "state" and "ticks" in told["state"]:
            for run in told["state"]["runs"]:
                if run["verdict"]:
                    self.verdicts[run["number"]] = run["verdict"]
            for bug, tick in told["state"]["ticks"].items():
                self.ticks[bug] = (tick["run"], tick["state"])

    async def work(self) -> None:
        """Type and do things until it is time to rest, faster than anybody could."""
        candidate = self.page.role is Actor.CANDIDATE
        acts = [self._type] * 6 + [self._cut]
        acts += (
            [self._scratch, self._run, self._break] if candidate else [self._note, self._tick, self._score, self._flag]
        )
        while not self.rests:
            await asyncio.sleep(self._draw.expovariate(ACTS_PER_SECOND))
            self._done += 1
            await self._draw.choice(acts)()
            await self.page.until(lambda: self.page.ahead < MOST_AHEAD)

    async def _type(self) -> None:
        name = f"{self._initial}{self._done}"
        self.lines.append(name)
        place = self._draw.random()

        def write(text: Text) -> None:
            before = str(text)
            starts = [0, *(match.end() for match in re.finditer("\n", before))]
            at = starts[int(place * len(starts))]
            text.insert(len(before[:at].encode()), f"# {name}\n")

        # Docstrings hold lines as well as code does.
        await self.page.edit(f"line {name}", write)

    async def _cut(self) -> None:
        there = [name for name in self.lines if name not in self.cut]
        if not there:
            return
        name = self._draw.choice(there)
        self.cut.add(name)
        await self.page.edit(f"cut {name}", lambda text: _take_out(text, f"# {name}\n"))

    async def _break(self) -> None:
        if self._broken:
            await self.page.edit("mend", lambda text: _take_out(text, BROKEN))
        else:
            await self.page.edit("break", lambda text: text.insert(0, BROKEN))
        self._broken = not self._broken

    async def _run(self) -> None:
        if self.page.connected and self.page.state["run"] is None and self.page.state["clock"]["running"]:
            await self.page.act(f"run {self._done}", "run")

    async def _note(self) -> None:
        await self._do_once("note", text=f"note {self._done}", tag="")

    async def _flag(self) -> None:
        await self._do_once("flag", flag="green", text=f"flag {self._done}", criterion="")

    async def _do_once(self, act: str, **data: Any) -> None:
        self.once.append(data["text"])
        await self.page.act(data["text"], act, **data)

    async def _tick(self) -> None:
        look_for = self._draw.choice(self._script["look_fors"])
        await self._set(f"look-for {look_for}", self._draw.random() < 0.5, "look_for", look_for=look_for)

    async def _score(self) -> None:
        criterion = self._draw.choice(self._script["criteria"])
        await self._set(f"signal {criterion}", str(self._draw.choice(list(Signal))), "signal", criterion=criterion)

    async def _scratch(self) -> None:
        await self._set("scratch", f"thought {self._done}", "scratch")

    async def _set(self, what: str, value: Any, act: str, **data: Any) -> None:
        name = f"{what} {self._done}"
        self.set_to.setdefault(what, []).append((name, value))
        key = {"look_for": "seen", "signal": "signal", "scratch": "text"}[act]
        await self.page.act(name, act, **data, **{key: value})


def _take_out(text: Text, line: str) -> None:
    at = len(str(text).partition(line)[0].encode())
    del text[at : at + len(line.encode())]


class Room:
    """A room on a server that is killed and started again, with its two people."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.served = Served(folder)
        with open_dojo(database=self.served.database, with_grader=False) as dojo:
            self.made = new_room(dojo, "tiny-regressor", minutes=60)
        stages = self.made.interview.stages
        script = {
            "look_fors": [look_for.id for stage in stages for look_for in stage.look_fors],
            "criteria": [criterion.id for criterion in self.made.interview.criteria],
        }
        self.people = [
            Person(self.served, self.made, role, script, seed + number)
            for number, role in enumerate((Actor.CANDIDATE, Actor.INTERVIEWER))
        ]
        self.candidate, self.interviewer = self.people
        self.events = 0

    def check(self) -> None:
        """That nothing which was acknowledged is missing from the log, and nothing is in it twice."""
        store = DatabaseStore(Path(self.served.database))
        log, room = store.room_events(self.made.room), store.room(self.made.room)
        store.close()
        assert room is not None
        assert verify_chain(log, last_seal=room.last_seal) is None
        self.events = len(log)
        state = state_of(log)
        text = SharedText(written_update(event) for event in log if event.kind is Happening.EDIT).text
        lines = Counter(LINE.findall(text))
        texts = Counter([note.text for note in state.notes] + [flag.text for flag in state.flags])
        for person in self.people:
            kept = set(person.page.acknowledged)
            for name in person.lines:
                must = f"line {name}" in kept and name not in person.cut
                may = f"cut {name}" not in kept
                assert must <= lines[name] <= may, f"line {name} is there {lines[name]} times"
            for name in person.once:
                assert (name in kept) <= texts[name] <= 1, f"{name} is there {texts[name]} times"
            for what, values in person.set_to.items():
                assert_one_of_the_last(what, values, kept, state)
        runs = {run.number: run.verdict for run in state.runs}
        assert {number: runs.get(number) for number in self.interviewer.verdicts} == self.interviewer.verdicts
        for bug, (run, shown) in self.interviewer.ticks.items():
            assert (state.ticks[bug].run, state.ticks[bug].state) == (run, shown) or state.ticks[bug].run > run

    @asynccontextmanager
    async def work(self) -> AsyncIterator[None]:
        """The people at work; whatever goes wrong with one of them ends the block."""
        async with asyncio.TaskGroup() as group:
            for person in self.people:
                group.create_task(person.work())
            yield
            for person in self.people:
                person.rests = True


def assert_one_of_the_last(what: str, values: list[tuple[str, Any]], kept: set[str], state: State) -> None:
    """What was set is what was acknowledged last, or something that was asked for after it."""
    kind, _, name = what.partition(" ")
    there: Any = {
        "look-for": name in state.look_fors,
        "signal": state.signals[name].signal if name in state.signals else None,
        "scratch": state.scratch,
    }[kind]
    since = max((at for at, (asked, _) in enumerate(values) if asked in kept), default=None)
    if since is not None:
        assert there in [value for _, value in values[since:]], f"{what} is {there}"


async def held(folder: Path, *, kills: int, seed: int) -> Counter[str]:
    """Hold the session through so many deaths of the server; what was acknowledged, by sort."""
    draw = random.Random(seed)
    room = Room(folder, seed)
    served, interviewer = room.served, room.interviewer
    served.start()
    try:
        async with asyncio.TaskGroup() as pages:
            staying = [pages.create_task(person.page.stay()) for person in room.people]
            for person in room.people:
                await person.page.until(lambda person=person: person.page.connected)  # type: ignore[misc]
            await interviewer.page.act("start", "start")
            async with room.work():
                for number in range(kills):
                    if draw.random() < SHARE_IN_GRADING or number == kills - 1:
                        interviewer.graded.clear()
                        await interviewer.graded.wait()
                    await asyncio.sleep(draw.uniform(0, LIFE_SECONDS))
                    await asyncio.to_thread(served.kill)
                    await asyncio.to_thread(room.check)
                    await asyncio.to_thread(served.start)
            for person in room.people:
                await person.page.until(lambda person=person: person.page.connected and not person.page.waits)  # type: ignore[misc]
            await finish(room)
            for task in staying:
                task.cancel()
    finally:
        await asyncio.to_thread(served.stop)
    room.check()
    assert "Traceback" not in served.complaints.read_text()
    assert min(person.page.connections for person in room.people) > 1
    words = [name.split()[0] for person in room.people for name in person.page.acknowledged]
    return Counter(words) + Counter(verdict=len(interviewer.verdicts), events=room.events)


async def finish(room: Room) -> None:
    """One more run to its verdict by the grader, after all; both have the same text then."""
    candidate, interviewer = room.candidate.page, room.interviewer.page
    await interviewer.until(lambda: interviewer.state["run"] is None)
    if BROKEN in candidate.text:
        await candidate.edit("mend", lambda text: _take_out(text, BROKEN))
    before = len(room.interviewer.verdicts)
    await candidate.act("run", "run")
    await interviewer.until(lambda: len(room.interviewer.verdicts) > before)
    assert interviewer.state["ticks"], "the last run was not judged by the grader"
    await candidate.until(lambda: not candidate.waits)
    assert candidate.text == interviewer.text


@pytest.mark.timeout(900)
def test_killed_at_random_moments_nothing_that_was_kept_is_lost(tmp_path: Path) -> None:
    kept = asyncio.run(held(tmp_path, kills=6, seed=11))
    assert min(kept[sort] for sort in ("line", "cut", "note", "flag", "look-for", "signal", "scratch", "verdict")) > 0


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [10, 20, 30, 40])
def test_killed_fifty_times_in_one_interview(tmp_path: Path, seed: int) -> None:
    kept = asyncio.run(held(tmp_path, kills=50, seed=seed))
    print(dict(kept))
    assert kept["verdict"] > 0
