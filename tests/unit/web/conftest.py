"""The real content and store behind the web application; only the grader is a script, so that a run is at once over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from torchdojo.app.compose import Dojo, open_dojo
from torchdojo.domain.asking import whole
from torchdojo.domain.blocks import BlockRun
from torchdojo.domain.computation import Question
from torchdojo.domain.errors import Cancelled, InternalError
from torchdojo.domain.exercise import Exercise, Kind
from torchdojo.domain.failure import Failure, Shown
from torchdojo.domain.looks import Exhibit, Line, Look, Recording
from torchdojo.domain.report import (
    BugResult,
    BugState,
    CheckOutcome,
    CheckResult,
    Curve,
    GoalResult,
    Report,
    RestsOn,
    Verdict,
)
from torchdojo.web import create_app

ORIGIN = "http://127.0.0.1:8123"


def written_report(exercise: Exercise, mended: bool) -> Report:
    """Three checks; unless the text is mended, the second fails and the third is never run."""
    cells = Shown("", "float32[1, 2]", (("nan", "2"),), (0, 0), "", ((0, 0),))
    failure = Failure(
        "The lesson.",
        "First is <wrong>.",
        "n=2",
        "focal_loss(float32[1, 2], gamma=2.0)",
        "focal_loss",
        (Shown("x", "float32[1, 2]", (("1", "2"),), (0, 0)), Shown("gamma", "float", (("2.0",),))),
        cells,
        replace(cells, cells=(("1", "2"),)),
    )
    checks = (
        CheckResult("test_rows_sum_to_one", CheckOutcome.PASSED),
        CheckResult("test_values", CheckOutcome.FAILED, "First is <wrong>.", "line 8, focal_loss", failure),
        CheckResult("test_never_run", CheckOutcome.SKIPPED),
    )
    if mended:
        checks = tuple(CheckResult(check.name, CheckOutcome.PASSED) for check in checks)
    verdict = Verdict.PASSED if mended else Verdict.WRONG_ANSWER
    return Report(exercise.id, "implement", verdict, 1.0 if mended else 1 / 3, "First is <wrong>.", checks=checks)


class ScriptedGrader:
    """Finds every bug fixed, or check passed, in the solution and in a text that says "mended", not in any other.

    A text that says "slowly" is judged when `going_on` is set. A recording is made while `records` is set; a grader
    that is `broken` makes none.
    """

    isolation = "full"

    def __init__(self) -> None:
        self.going_on = threading.Event()
        self.records = threading.Event()
        self.records.set()
        self.broken = False
        self.recorded = 0

    def warm_up(self) -> None:
        """It is always ready."""

    def close(self) -> None:
        """It holds nothing."""

    def grade(
        self,
        exercise: Exercise,
        source: str,
        *,
        seed: int | None = None,
        on_event: Callable[[dict[str, Any]], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> Report:
        if "break the grader" in source:
            return Report(exercise.id, "debug", Verdict.INTERNAL_ERROR, 0.0, "The judge went away.")
        if on_event:
            on_event({"type": "output", "text": "epoch 1 <b>loss</b>\n"})
            on_event({"type": "curve", "name": "train_loss", "x": 1.0, "y": 0.5})
        if "slowly" in source:
            assert self.going_on.wait(60)
        mended = "mended" in source or source == exercise.solution
        if exercise.kind is Kind.IMPLEMENT:
            return written_report(exercise, mended)
        state = BugState.FIXED if mended else BugState.OPEN
        assert exercise.goal is not None
        return Report(
            exercise.id,
            "debug",
            Verdict.PASSED if mended else Verdict.WRONG_ANSWER,
            float(mended),
            "",
            bugs=tuple(BugResult(bug.id, state, RestsOn.EVENTS, "seen <i>so</i>", "line 7") for bug in exercise.bugs),
            goal=GoalResult(exercise.goal.name, exercise.goal.target, None, mended),
            curves=(Curve("train_loss", (1.0, 2.0), (0.5, float("inf"))),),
            isolation="full",
            seconds={"queue": 0.0, "run": 0.1, "total": 0.1},
            seed=3,
        )

    def record(
        self, exercise: Exercise, source: str, *, seed: int, on_event: Any = None, cancel: Any = None
    ) -> Recording:
        """The same of every script: something to see in each look, and a traceback that quotes the script."""
        while not self.records.wait(0.02):
            if cancel is not None and cancel.is_set():
                raise Cancelled
        if self.broken:
            raise InternalError("The run could not be recorded.", "Look again.")
        self.recorded += 1
        shown = {look: (Exhibit(f"seen in {look}", "By <updates>."),) for look in Look if look is not Look.SCRIPT}
        quoted = next(line for line in source.splitlines() if line.startswith("    ") and len(line) > 20)
        printed = f'Traceback:\n  File "{exercise.filename}", line 3, in train\n{quoted}\nValueError: bad <shape>\n'
        shown[Look.OUTPUT] = (Exhibit("printed", text=printed),)
        shown[Look.GRADIENTS] = (Exhibit("norms", lines=(Line("first.layer", (1, 2, 3), (1.0, None, 4.0)),)),)
        return Recording(shown)

    def run_block(self, source: str, *, on_event: Any = None, cancel: Any = None) -> BlockRun:
        """Prints how long the text is."""
        printed = f"<{len(source)}> characters\n"
        if on_event:
            on_event({"type": "output", "text": printed})
        return BlockRun(printed, True, "", 0.1)

    def questions(self, family: Exercise, asked: Any, *, cancel: Any = None) -> list[Question]:
        """How many parameters a made-up layer has: 1000 more than the seed, and 900 more without its bias."""
        made = []
        for seed, level in asked:
            right = seed % 1000 + 1000
            made.append(
                whole(
                    f"A <layer> of `{family.id}`, number {seed}, level {level}?",
                    answer=right,
                    formula=right,
                    working=f"Worked out in secret: {right:,}.",
                    unit="parameters",
                    mistakes=[(right - 100, "the bias is <left> out")],
                )
            )
        return made


@pytest.fixture
def dojo(tmp_path: Path) -> Iterator[Dojo]:
    with open_dojo(environment={"TORCHDOJO_HOME": str(tmp_path)}, with_grader=False) as opened:
        scripted = replace(opened, grader=ScriptedGrader())
        yield scripted


@pytest.fixture
def client(dojo: Dojo) -> Iterator[TestClient]:
    with TestClient(create_app(dojo, token="key"), base_url=ORIGIN, headers={"origin": ORIGIN}) as browser:
        browser.cookies.set("torchdojo-8123", "key")
        yield browser
