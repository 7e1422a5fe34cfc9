"""Tells that a text is no Python before a sandbox is started for it."""

from __future__ import annotations

import threading
import warnings

from torchdojo.domain.exercise import Exercise
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

_UNSEEN = "Nothing could be observed: Python cannot read the script."

# Warning filters belong to the whole process, so one parse at a time may bend them.
_parsing = threading.Lock()


def syntax_fault(source: str, filename: str) -> CheckResult | None:
    """The check "parses", failed, with the line and a caret under the place; None when `source` is Python."""
    try:
        with _parsing, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, filename, "exec", dont_inherit=True)
    except SyntaxError as error:
        where = f"line {error.lineno}" if error.lineno else ""
        return CheckResult("parses", CheckOutcome.FAILED, _shown(error), where)
    except (ValueError, OverflowError, RecursionError, MemoryError) as error:
        message = f"Python gives up reading the script: {error or 'it is nested too deeply'}"
        return CheckResult("parses", CheckOutcome.FAILED, message)
    return None


def unread_report(exercise: Exercise, fault: CheckResult) -> Report:
    """The report for a script that Python cannot read: not an attempt, and no bug observed."""
    bugs = tuple(BugResult(bug.id, BugState.NO_EVIDENCE, RestsOn.EVENTS, _UNSEEN) for bug in exercise.bugs)
    goal = None if exercise.goal is None else GoalResult(exercise.goal.name, exercise.goal.target, None, False)
    return Report(
        exercise=exercise.id,
        kind=str(exercise.kind),
        verdict=Verdict.RUNTIME_ERROR,
        score=0.0,
        message=fault.message,
        checks=(fault,),
        bugs=bugs,
        goal=goal,
    )


def _shown(error: SyntaxError) -> str:
    kind = type(error).__name__
    if not error.lineno:
        return f"{kind}: {error.msg}"
    head = f"{kind}: {error.msg} (line {error.lineno})"
    line = (error.text or "").rstrip("\n")
    if not line.strip():
        return head
    shown = line.lstrip()
    start = (error.offset or 1) - 1 - (len(line) - len(shown))
    same_line = error.end_lineno in (None, error.lineno) and (error.end_offset or 0) > (error.offset or 0)
    width = (error.end_offset or 0) - (error.offset or 0) if same_line else 1
    # A tab is one character in the count, and takes as much room under it as above it.
    room = "".join("\t" if letter == "\t" else " " for letter in shown[: max(start, 0)])
    return f"{head}\n    {shown}\n    {room}{'^' * max(width, 1)}"
