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
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.report import BugResult, BugState, Curve, GoalResult, Report, RestsOn, Verdict
from torchdojo.web import create_app

ORIGIN = "http://127.0.0.1:8123"


class ScriptedGrader:
    """Finds every bug fixed in a text that says "mended", and every bug open in any other."""

    isolation = "full"

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
        mended = "mended" in source
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


@pytest.fixture
def dojo(tmp_path: Path) -> Iterator[Dojo]:
    with open_dojo(database=str(tmp_path / "dojo.sqlite3"), with_grader=False) as opened:
        scripted = replace(opened, grader=ScriptedGrader())
        yield scripted


@pytest.fixture
def client(dojo: Dojo) -> Iterator[TestClient]:
    with TestClient(create_app(dojo, token="key"), base_url=ORIGIN, headers={"origin": ORIGIN}) as browser:
        browser.cookies.set("torchdojo-8123", "key")
        yield browser
