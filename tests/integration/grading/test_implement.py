"""Implement exercises through the real grader: everything a check may do, and every way a submission may end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from torchdojo.domain.exercise import Exercise
from torchdojo.domain.report import CheckOutcome, Verdict
from torchdojo.grading import Grader
from torchdojo.library import load_exercise, shipped_root

KIT = Path(__file__).parent / "implement_kit" / "zoo" / "kit"
FLIP = "def flip(x): return x.t()"


@pytest.fixture(scope="module")
def kit() -> Exercise:
    return load_exercise(KIT)


def test_checks_can_use_everything_a_submission_offers(grader: Grader, kit: Exercise) -> None:
    report = grader.grade(kit, kit.solution, seed=1)
    assert report.verdict is Verdict.PASSED, report.message
    assert [check.outcome for check in report.checks] == [CheckOutcome.PASSED] * 3
    assert report.score == 1.0


def test_the_first_check_that_fails_may_be_the_last(grader: Grader, kit: Exercise) -> None:
    source = kit.solution.replace(FLIP, "def flip(x): return x.t().clone()")
    whole = grader.grade(kit, source, seed=1)
    short = grader.grade(replace(kit, limits=replace(kit.limits, until_failure=True)), source, seed=1)
    assert (short.verdict, short.message) == (whole.verdict, whole.message)
    failed = [check.outcome for check in whole.checks].index(CheckOutcome.FAILED)
    assert short.checks[: failed + 1] == whole.checks[: failed + 1]
    assert {check.outcome for check in short.checks[failed + 1 :]} == {CheckOutcome.SKIPPED}


@pytest.mark.parametrize(
    ("old", "new", "verdict", "words"),
    [
        (FLIP, "def flip(x):\n    while True: pass", "time_limit", "out of time during flip(float32[4, 3])"),
        (FLIP, "def flip(x):\n    import os; os._exit(0)", "runtime_error", "ended its own process"),
        (FLIP, "def flip(x):\n    raise SystemExit", "runtime_error", "SystemExit"),
        (FLIP, "def flip(x): raise NotImplementedError", "runtime_error", "Nothing is written here yet"),
        (
            FLIP,
            "def flip(x): return x.to_sparse() ** x",
            "runtime_error",
            "Your code raised NotImplementedError: Could not",
        ),
        (FLIP, "def flip(x): return torch.zeros(1 << 33)", "memory_limit", "allocate"),
        (FLIP, "def flip(x): return x.t().clone()", "wrong_answer", "a copy"),
        (FLIP, "def flip(x): pass", "wrong_answer", "None, not a Tensor"),
        (FLIP, "class T(torch.Tensor): pass\ndef flip(x): return x.t().as_subclass(T)", "wrong_answer", "subclass"),
        (FLIP, "import gc\ndef flip(x): gc.get_objects(); return x.t()", "forbidden", "gc.get_objects on line"),
        ("self.drop(self.fc(x))", "self.fc(x).softmax(-1)", "forbidden", "softmax"),
        ("self.drop = nn", "self.lstm = nn.LSTM(2, 2); self.drop = nn", "forbidden", "torch.nn.LSTM"),
        ("self.drop = nn", "self.eval = 3; self.drop = nn", "runtime_error", "'int' object is not callable"),
        ("self.n += 1", "self.n += 1; x.mul_(1.5)", "wrong_answer", "is wrong at"),
        ("class Net(", "class Other(", "import_error", "defines no Net"),
        ("import torch,", "import nowhere, torch,", "import_error", "No module named 'nowhere'"),
    ],
)
def test_a_submission_that_fails_is_told_how(
    grader: Grader, kit: Exercise, old: str, new: str, verdict: str, words: str
) -> None:
    assert old in kit.solution
    report = grader.grade(kit, kit.solution.replace(old, new), seed=1)
    assert (str(report.verdict), words in report.message) == (verdict, True), report.message
    assert len(report.checks) == 3
    assert report.score < 1.0


def test_everything_printed_arrives_before_the_verdict(grader: Grader, kit: Exercise) -> None:
    events: list[Mapping[str, Any]] = []
    printing = kit.solution.replace(FLIP, "def flip(x):\n    print('flipped')\n    return x.t()")
    report = grader.grade(kit, printing, seed=1, on_event=events.append)
    assert report.verdict is Verdict.PASSED, report.message
    assert "".join(event["text"] for event in events if event["type"] == "output") == "flipped\n" * 2
    assert 0 < report.seconds["run"] <= report.seconds["total"]


def test_inputs_changed_behind_the_checks_back_are_a_wrong_answer(grader: Grader, kit: Exercise) -> None:
    right = "return x.half().to(torch.bfloat16)"
    assert right in kit.solution
    changed = kit.solution.replace(right, f"y = x.clone(); x.zero_(); {right.replace('x.', 'y.')}")
    report = grader.grade(kit, changed, seed=1)
    assert report.verdict is Verdict.WRONG_ANSWER
    assert "changes its input in place: half(float32[4, 3])" in report.message
    assert report.checks[-1].name == "test_inputs_are_left_alone"


def test_a_failed_check_shows_the_call_with_its_input_and_both_results(grader: Grader) -> None:
    exercise = load_exercise(shipped_root() / "losses" / "focal-loss")
    report = grader.grade(exercise, exercise.solution.replace("** gamma", "** 2.01"), seed=9)
    first = next(check.failure for check in report.checks if check.failed)
    assert first is not None
    assert [(shown.name, shown.form) for shown in first.arguments[:2]] == [
        ("logits", "float32[4]"),
        ("targets", "float32[4]"),
    ]
    assert first.spoken_call.startswith("focal_loss(logits, targets, ")
    assert first.got is not None
    assert first.expected is not None
    assert first.got.wrong
    for row, column in first.got.wrong:
        assert first.got.cells[row][column] != first.expected.cells[row][column]
    assert all(check.failure is None for check in report.checks if not check.failed)


def test_a_call_that_never_returns_is_shown_with_its_input(grader: Grader, kit: Exercise) -> None:
    report = grader.grade(kit, kit.solution.replace(FLIP, "def flip(x):\n    while True: pass"), seed=1)
    (check,) = [check for check in report.checks if check.failed]
    assert check.failure is not None
    assert [shown.form for shown in check.failure.tables] == ["float32[4, 3]"]


def test_what_is_shown_tells_neither_the_solution_nor_the_checks(grader: Grader) -> None:
    folder = shipped_root() / "losses" / "focal-loss"
    exercise = load_exercise(folder)
    secret = [line.strip() for name in ("solution.py", "checks.py") for line in (folder / name).read_text().split("\n")]
    for wrong in sorted((folder / "wrong").glob("*.py")):
        source = wrong.read_text()
        report = grader.grade(exercise, source, seed=9)
        told = [json.dumps(check.failure.to_json()) for check in report.checks if check.failure]
        assert told
        lessons = " ".join(check.failure.lesson for check in report.checks if check.failure)
        for line in secret:
            if len(line) > 15 and line not in source and line.strip('"') not in lessons:
                assert not any(line in text for text in told), (wrong.name, line)


def test_the_same_seed_gives_the_same_report(grader: Grader) -> None:
    exercise = load_exercise(shipped_root() / "losses" / "focal-loss")
    source = exercise.solution.replace("** gamma", "** 2.01")
    one, other = (grader.grade(exercise, source, seed=9) for _ in range(2))
    assert one.message == other.message
    assert grader.grade(exercise, source, seed=10).message != one.message
