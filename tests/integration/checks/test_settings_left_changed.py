"""What a call changes for the whole process and does not put back is a fault; a context manager may change it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from torchdojo.domain.report import Report, Verdict
from torchdojo.grading import Grader
from torchdojo.library import load_exercise

MANIFEST = """
kind = "implement"
title = "Twice"
level = 1
minutes = 5
summary = "Twice a tensor."
filename = "twice.py"
concepts = ["x"]
entries = ["twice"]
hints = ["Multiply."]
"""

CHECKS = '''import torch

from torchdojo.checkers import assert_close, assert_dtype


def test_values(submission):
    """Twice as much."""
    x = torch.ones(2, requires_grad=True)
    result = submission.twice(x)
    assert_close(result, torch.full((2,), 2.0))
    assert result.requires_grad


def test_others(submission):
    """What comes later is judged as if nothing had happened."""
    with submission.quiet():
        assert_close(submission.twice(torch.ones(2)), torch.full((2,), 2.0))
    with submission.precise():
        assert_dtype(submission.fresh(), torch.float64)
    assert_dtype(submission.fresh(), torch.float32)
    assert list(submission.count(2)) == [0, 1]
    submission.torch.set_default_dtype(torch.float64)
    assert_dtype(submission.fresh(), torch.float64)
    submission.torch.set_default_dtype(torch.float32)
    submission.twice(torch.ones(1), lambda: assert_dtype(submission.fresh(), torch.float32))
'''

SOLUTION = """import contextlib
import torch
def fresh(): return torch.zeros(1)
def count(n):
    with torch.no_grad():
        yield from range(n)
class quiet:
    def __enter__(self): self.before = torch.is_grad_enabled(); torch.set_grad_enabled(False)
    def __exit__(self, *error): torch.set_grad_enabled(self.before)
@contextlib.contextmanager
def precise():
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try: yield
    finally: torch.set_default_dtype(before)
def twice(x, watch=None):
    y = 2 * x
    with torch.no_grad(), precise():
        torch.zeros(1)
    with torch.no_grad():
        if watch: watch()
    return y
"""

Judge = Callable[[str], Report]


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory, grader: Grader) -> Judge:
    folder = tmp_path_factory.mktemp("content") / "basics" / "twice"
    folder.mkdir(parents=True)
    files = {
        "exercise.toml": MANIFEST,
        "checks.py": CHECKS,
        "solution.py": SOLUTION,
        "starter.py": "def twice(x): raise NotImplementedError\n",
        "prompt.md": "Twice.\n",
        "debrief.md": "Twice.\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return lambda answer: grader.grade(load_exercise(folder), answer, seed=1)


def test_what_is_put_back_or_entered_is_no_fault(judge: Judge) -> None:
    report = judge(SOLUTION)
    assert report.verdict is Verdict.PASSED, report.message


@pytest.mark.parametrize(
    ("leaving", "words"),
    [
        ("torch.set_grad_enabled(False)", "left gradients switched off"),
        ("torch.no_grad().__enter__()", "left gradients switched off"),
        ("torch.set_default_dtype(torch.float64)", "left the default dtype at float64"),
        ("torch.set_default_device('meta')", "left the default device at meta"),
    ],
)
def test_what_is_left_changed_is_told(judge: Judge, leaving: str, words: str) -> None:
    report = judge(SOLUTION.replace("    return y", f"    {leaving}\n    return y"))
    assert report.verdict is Verdict.WRONG_ANSWER
    assert words in report.message
    assert "twice(float32[2])" in report.message
    assert [check.outcome for check in report.checks] == ["passed", "passed", "failed"], report.message
    assert report.score == 0.6667


def test_a_wrong_value_is_told_first(judge: Judge) -> None:
    report = judge(
        SOLUTION.replace("2 * x", "3 * x").replace("    return y", "    torch.set_grad_enabled(False)\n    return y")
    )
    assert report.verdict is Verdict.WRONG_ANSWER
    assert "Twice as much" in report.message
