"""Whose fault it is when a check trips: its author's, if the solution trips it too; otherwise the learner's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from torchdojo.domain.exercise import Exercise
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

CHECKS = """import pytest
import torch

from torchdojo.checkers import assert_close


@pytest.mark.parametrize("size", [1, 2], ids={ids})
def test_values(submission, size):
    \"\"\"Twice as much.\"\"\"
    result = submission.twice(torch.ones(size))
    {body}
    assert_close(result, torch.full((size,), 2.0))


def test_nothing_else(submission):
    \"\"\"A second one.\"\"\"
    assert_close(submission.twice(torch.zeros(1)), torch.zeros(1))
"""

SOLUTION = "def twice(x): return 2 * x\n"

Judge = Callable[..., Report]


@pytest.fixture
def judge(grader: Grader, tmp_path: Path) -> Judge:
    """Judges an answer by checks that are faulty in one place."""

    def judged(answer: str = SOLUTION, *, body: str = "pass", ids: str = "str", checks: str = CHECKS) -> Report:
        folder = tmp_path / "basics" / "twice"
        folder.mkdir(parents=True)
        files = {
            "exercise.toml": MANIFEST,
            "checks.py": checks.replace("{body}", body).replace("{ids}", ids),
            "solution.py": SOLUTION,
            "starter.py": "def twice(x): raise NotImplementedError\n",
            "prompt.md": "Twice.\n",
            "debrief.md": "Twice.\n",
        }
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        exercise: Exercise = load_exercise(folder)
        return grader.grade(exercise, answer, seed=1)

    return judged


@pytest.mark.parametrize(
    ("faulty", "place", "words"),
    [
        ({"ids": "{'a': 1, 'b': 2}"}, "checks.py:7", "ids"),
        ({"ids": "['one']"}, "checks.py:7", "ids"),
        ({"ids": "7"}, "checks.py:7", "ids"),
        ({"body": "torch.zeros(2) + 'a'"}, "checks.py:11", "TypeError"),
        ({"body": "undefined(result)"}, "checks.py:11", "NameError"),
        ({"body": "torch.nn.functional.relu(None)"}, "checks.py:11", "TypeError"),
        ({"body": "submission.twice(torch.nn.ReLU())"}, "checks.py:11", "cannot be handed"),
        ({"checks": CHECKS.replace("import torch\n", "import torch\nimport nowhere\n")}, "checks.py:3", "nowhere"),
        ({"checks": CHECKS.replace("(submission, size):", "(submission, sice):")}, "checks.py:7", "sice"),
        ({"checks": CHECKS.replace("[1, 2]", "[(1, 2), (3,)]").replace('"size"', '"size, size"')}, "checks.py:7", ""),
        ({"checks": CHECKS.replace("[1, 2]", "7")}, "checks.py:7", "test_values"),
        ({"checks": CHECKS.replace("[1, 2]", "iter(())")}, "checks.py:7", "no rows"),
        ({"checks": CHECKS + "def half("}, "checks.py:18", "SyntaxError"),
        ({"checks": "import torch\n"}, "checks.py", "no function called test_"),
    ],
    ids=[
        "ids a dict", "too few ids", "ids a number", "own type error", "own name error", "own call of torch",
        "what cannot cross", "import", "unknown argument", "row", "rows a number", "no rows", "syntax", "no check",
    ],
)  # fmt: skip
def test_an_authors_mistake_is_told_as_one(judge: Judge, faulty: dict[str, str], place: str, words: str) -> None:
    for report in (judge(**faulty),):
        assert report.verdict is Verdict.INTERNAL_ERROR, report.message
        assert place in report.message
        assert words in report.message
        assert "not your fault" in report.message
        assert "Traceback" not in report.message


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        ("def twice(x): pass", "result.sum()"),
        ("def twice(x): pass", "torch.nn.functional.relu(result)"),
        ("def twice(x): return [2 * x]", "result + 1.0"),
        ("def twice(x): return 2 * x if x.numel() == 1 else None", "float(result.sum())"),
        ("def twice(x): return {}", "result[0]"),
        ("class twice:\n    def __init__(self, x): pass", "result.shape"),
        ("def twice(x): return 2 * x, x", "result.add(1)"),
    ],
)
def test_what_came_back_stays_the_learners_fault(judge: Judge, answer: str, body: str) -> None:
    report = judge(answer, body=body)
    assert report.verdict in (Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR), report.message
    assert "checks.py" not in report.message


def test_a_check_that_is_broken_for_everybody_does_not_hide_a_wrong_answer(judge: Judge) -> None:
    broken = 'def test_first(submission):\n    """First."""\n    assert submission.twice(torch.ones(1)) == 2\n'
    later = CHECKS.replace("{body}", "undefined(result)")
    report = judge("def twice(x): return x", checks=later.replace("@pytest", broken + "\n\n@pytest", 1))
    assert report.verdict is Verdict.WRONG_ANSWER
    assert "not your fault" in next(check.message for check in report.checks if check.name == "test_values")


def test_rows_may_come_from_any_iterable(judge: Judge) -> None:
    report = judge(checks=CHECKS.replace("[1, 2]", "(n for n in (1, 2))"), ids="('one', 'two')")
    assert report.verdict is Verdict.PASSED, report.message
