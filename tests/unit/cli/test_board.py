"""What `watch` draws after each save fits a small terminal and says nothing twice."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from torchdojo.cli.printing import print_board, print_report
from torchdojo.domain.report import (
    BugResult,
    BugState,
    CheckOutcome,
    CheckResult,
    GoalResult,
    Report,
    RestsOn,
    Verdict,
)

EVIDENCE = "379 of 380 steps used gradients that an earlier step had already used: backward() adds to what is there."
BUGS = tuple(
    BugResult(f"bug-{i}", BugState.OPEN, RestsOn.BOTH, EVIDENCE, "line 68, train_one_epoch; line 81, validate")
    for i in range(8)
)
TITLES = {f"bug-{i}": f"A rather long title of bug number {i}" for i in range(8)}


def drawn(draw, report: Report) -> list[str]:
    out = Console(file=StringIO(), width=80, height=24, highlight=False)
    draw(report, TITLES, out, path="pytorch_debug_problem.py")
    return out.file.getvalue().splitlines()  # type: ignore[attr-defined]


def test_eight_open_bugs_leave_room_for_a_hint_in_24_lines():
    goal = GoalResult("val_accuracy", 0.85, 0.3333, False)
    lines = drawn(print_board, Report("spiral", "debug", Verdict.WRONG_ANSWER, 0.0, "8 open.", bugs=BUGS, goal=goal))
    assert len(lines) <= 16
    assert sum("pytorch_debug_problem.py:68" in line for line in lines) == 8
    assert sum(EVIDENCE[:40] in line for line in lines) == 1


def test_a_syntax_error_is_told_once():
    message = "SyntaxError: '(' was never closed (line 110)"
    check = CheckResult("parses", CheckOutcome.FAILED, message, "line 110")
    report = Report("spiral", "debug", Verdict.RUNTIME_ERROR, 0.0, message, checks=(check,), isolation="none")
    for draw in (print_board, print_report):
        lines = drawn(draw, report)
        assert sum("never closed" in line for line in lines) == 1
        assert not any("isolation" in line for line in lines)
