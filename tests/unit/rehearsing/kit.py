"""A dojo in memory with clocks of the tests' own and a grader that finds what the text says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from torchdojo.app.compose import Dojo, open_dojo
from torchdojo.domain.looks import Exhibit, Look, Recording
from torchdojo.domain.report import BugResult, BugState, GoalResult, Report, RestsOn, Verdict
from torchdojo.store.memory import MemoryStore


@dataclass
class Times:
    """Time passes when a test says so."""

    passed: float = 0.0

    def now(self) -> datetime:
        return datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.passed


@dataclass
class Grader:
    """A bug is fixed when its id stands in the text; "break" breaks us, after half a minute."""

    times: Times
    isolation = "full"

    def grade(self, exercise: Any, source: str, *, on_event: Any = None, **_: Any) -> Report:
        if "break" in source:
            self.times.passed += 30
            return Report(exercise.id, "debug", Verdict.INTERNAL_ERROR, 0.0, "The judge went away.")
        on_event({"type": "output", "text": "epoch 1\n"})
        states = {bug.id: BugState.FIXED if bug.id in source else BugState.OPEN for bug in exercise.bugs}
        fixed = all(state is BugState.FIXED for state in states.values())
        bugs = tuple(BugResult(bug, state, RestsOn.EVENTS, "seen") for bug, state in states.items())
        goal = GoalResult(exercise.goal.name, exercise.goal.target, None, fixed)
        verdict = Verdict.PASSED if fixed else Verdict.WRONG_ANSWER
        return Report(exercise.id, "debug", verdict, float(fixed), "", bugs=bugs, goal=goal)

    def record(self, exercise: Any, source: str, **_: Any) -> Recording:
        return Recording({look: (Exhibit(f"seen in {look}"),) for look in Look if look is not Look.SCRIPT})

    def close(self) -> None:
        """It holds nothing."""


@contextmanager
def dojo_in_memory(folder: Path, times: Times) -> Iterator[Dojo]:
    with open_dojo(environment={"TORCHDOJO_HOME": str(folder)}, with_grader=False) as opened:
        yield replace(opened, store=MemoryStore(), clock=times, grader=Grader(times))  # type: ignore[arg-type]
