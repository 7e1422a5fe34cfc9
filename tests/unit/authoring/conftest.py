"""A small, sound implement exercise that a test may break in one place, and a grader for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from torchdojo.domain.errors import Cancelled
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.report import CheckOutcome, CheckResult, Report, Verdict

MANIFEST = """
kind = "implement"
title = "Clamped line"
level = 1
minutes = 5
summary = "A line that never falls below zero."
filename = "clamped_line.py"
concepts = ["arithmetic"]
hints = ["Multiply first.", "Then look at the sign."]
entries = ["line"]
"""

SOLUTION = '''
def line(x, slope=2.0):
    """slope * x, and 0 where that is negative."""
    y = slope * x
    if y < 0:
        return 0.0
    return y
'''

STARTER = '''
def line(x: float, slope: float = 2.0) -> float:
    """slope * x, and 0 where that is negative."""
    raise NotImplementedError
'''

CHECKS = '''
def test_positive(submission):
    """Multiply by the slope."""


def test_negative(submission):
    """Never below zero."""
'''

FILES = {
    "exercise.toml": MANIFEST,
    "solution.py": SOLUTION,
    "starter.py": STARTER,
    "checks.py": CHECKS,
    "prompt.md": "Write `line`.\n",
    "debrief.md": "It is a line.\n",
    "right/maximum.py": "# style: by max\ndef line(x, slope=2.0): return max(slope * x, 0.0)\n",
    "right/branch.py": "# style: by a branch\ndef line(x, slope=2.0): return slope * x if slope * x > 0 else 0.0\n",
    "wrong/free.py": "# style: no clamp\n# verdict: wrong_answer\n# caught by: test_negative\n"
    "def line(x, slope=2.0): return slope * x\n",
    "wrong/added.py": "# style: adds\n# verdict: wrong_answer\n# caught by: test_positive\n"
    "def line(x, slope=2.0): return max(slope + x, 0.0)\n",
    "wrong/broken.py": "# style: does not load\n# verdict: import_error\nline = undefined\n",
}

#: What each check asks: the arguments, and the answer.
ASKED = {
    "test_positive": [((1.5,), 3.0), ((0.25,), 0.5), ((3.0, 5.0), 15.0)],
    "test_negative": [((-1.0,), 0.0), ((2.0, -1.0), 0.0)],
}


@pytest.fixture
def write_implement(content: Path) -> Callable[..., Path]:
    """Writes `<root>/lines/clamped-line`; a keyword `wrong__free_py` replaces or adds that file."""

    def write(**changes: str) -> Path:
        folder = content / "lines" / "clamped-line"
        texts = dict(FILES)
        for key, text in changes.items():
            name = key.replace("__", "/").replace("_toml", ".toml").replace("_md", ".md").replace("_py", ".py")
            texts[name] = text
        for name, text in texts.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text.lstrip(), encoding="utf-8")
        return folder

    return write


class RunningGrader:
    """Grades the clamped line by running it here; `change` may falsify a report."""

    def __init__(self, change: Callable[[str, Report], Report] | None = None) -> None:
        self.change = change
        self.walls: dict[str, float] = {}

    def __call__(
        self, exercise: Exercise, source: str, *, seed: int | None = None, cancel: threading.Event | None = None
    ) -> Report:
        if cancel is not None and cancel.is_set():
            raise Cancelled("stopped")
        self.walls[source] = exercise.limits.wall_seconds
        verdict, message, checks = self._graded(source)
        report = Report(
            exercise.id, "implement", verdict, 0.0, message, tuple(checks), seconds={"run": 0.5}, seed=seed or 0
        )
        return report if self.change is None else self.change(source, report)

    def _graded(self, source: str) -> tuple[Verdict, str, list[CheckResult]]:
        names: dict[str, Callable[..., float]] = {}
        try:
            exec(source, names)
        except NameError as error:
            skipped = [CheckResult(name, CheckOutcome.SKIPPED) for name in ASKED]
            return Verdict.IMPORT_ERROR, str(error), skipped
        verdict, message, checks = Verdict.PASSED, "", []
        for name, cases in ASKED.items():
            fault, said = Verdict.PASSED, ""
            try:
                if any(names["line"](*arguments) != expected for arguments, expected in cases):
                    fault, said = Verdict.WRONG_ANSWER, "wrong"
            except Exception as error:
                fault, said = Verdict.RUNTIME_ERROR, type(error).__name__
            outcome = CheckOutcome.PASSED if fault is Verdict.PASSED else CheckOutcome.FAILED
            checks.append(CheckResult(name, outcome, said))
            if verdict is Verdict.PASSED:
                verdict, message = fault, said
        return verdict, message, checks


@pytest.fixture
def grader() -> RunningGrader:
    """A grader that judges well."""
    return RunningGrader()


@pytest.fixture
def grader_that() -> Callable[[Callable[[str, Report], Report]], RunningGrader]:
    """Makes a grader whose reports are changed."""
    return RunningGrader
