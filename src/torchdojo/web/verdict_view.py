"""A report as the page shows it: words, a symbol and a tone for every state, so that colour is never alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from torchdojo.domain.exercise import Exercise, Kind, spoken_metric
from torchdojo.domain.failure import Failure, Shown
from torchdojo.domain.report import BugState, CheckOutcome, CheckResult, Report, RestsOn, Verdict

_LINE = re.compile(r"\bline (\d+)")

_STATES = {
    BugState.FIXED: ("✓", "fixed", "good"),
    BugState.OPEN: ("✗", "still there", "bad"),
    BugState.NO_EVIDENCE: ("?", "not observable yet", "unsure"),
}
_OUTCOMES = {
    CheckOutcome.PASSED: ("✓", "passed", "good"),
    CheckOutcome.FAILED: ("✗", "failed", "bad"),
    CheckOutcome.ERROR: ("!", "error", "bad"),
    CheckOutcome.SKIPPED: ("–", "skipped", "unsure"),
}
#: Where an implement exercise is better spoken of in other words.
_WRITTEN_HEADLINES = {
    Verdict.RUNTIME_ERROR: ("!", "Your code raised an error", "bad"),
    Verdict.IMPORT_ERROR: ("!", "Your file could not be loaded", "bad"),
    Verdict.FORBIDDEN: ("!", "Your code did something that is not allowed here", "bad"),
}
_RESTS_ON = {
    RestsOn.VALUES: "Checked by values.",
    RestsOn.EVENTS: "Recorded during the run.",
    RestsOn.BOTH: "Recorded during the run and checked by values.",
}
_HEADLINES = {
    Verdict.PASSED: ("✓", "Passed", "good"),
    Verdict.WRONG_ANSWER: ("✗", "Not there yet", "bad"),
    Verdict.RUNTIME_ERROR: ("!", "The script stopped with an error", "bad"),
    Verdict.IMPORT_ERROR: ("!", "The script could not be started", "bad"),
    Verdict.TIME_LIMIT: ("!", "Out of time", "bad"),
    Verdict.MEMORY_LIMIT: ("!", "Out of memory", "bad"),
    Verdict.FORBIDDEN: ("!", "The script did something that is not allowed here", "bad"),
    Verdict.INTERNAL_ERROR: ("!", "We broke, not you: this run does not count", "unsure"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the script; `line` is where the editor can jump to, None when no line is known."""

    text: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """One bug or check, and where in the script it was seen."""

    slug: str
    name: str
    symbol: str
    state: str
    tone: str
    evidence: str
    places: tuple[Place, ...]
    rests_on: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a table, and whether it differs from what was expected."""

    text: str
    wrong: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A tensor or plain value. `columns` and the first part of a row say where its cells stand in the tensor."""

    title: str
    form: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    part: str


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check of an implement exercise; of a failed one also what it saw. `open` is the one to look at first."""

    name: str
    symbol: str
    state: str
    tone: str
    open: bool
    case: str
    lesson: str
    told: str
    call: str
    inputs: tuple[Table, ...]
    results: tuple[Table, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class GoalLine:
    """The goal in one sentence, and whether it was reached."""

    text: str
    symbol: str
    tone: str


@dataclass(frozen=True, slots=True)
class VerdictView:
    """Everything the verdict panel prints."""

    symbol: str
    headline: str
    tone: str
    passed: bool
    message: str
    line: int | None
    bugs: tuple[Row, ...]
    troubles: tuple[Row, ...]
    checks: tuple[Row, ...]
    written: tuple[CheckRow, ...]
    goal: GoalLine | None
    tally: str
    pips: tuple[str, ...]
    footnote: str


def verdict_view(report: Report, exercise: Exercise) -> VerdictView:
    """The view of `report`, which must belong to `exercise`."""
    if exercise.kind is Kind.IMPLEMENT:
        return _written_view(report)
    symbol, headline, tone = _HEADLINES[report.verdict]
    # A pass is told by the tally and the goal, a failed check by its own row.
    told = report.verdict is Verdict.PASSED or any(check.message == report.message for check in report.checks)
    # The goal has a line of its own.
    checks = [check for check in report.checks if check.name != "goal" or report.goal is None]
    fixed = sum(bug.fixed for bug in report.bugs)
    bugs = _bug_rows(report, exercise)
    return VerdictView(
        symbol=symbol,
        headline=headline,
        tone=tone,
        passed=report.verdict is Verdict.PASSED,
        message="" if told else report.message,
        line=_line(report.message),
        bugs=bugs,
        troubles=tuple(_check_row(check) for check in checks if check.outcome is not CheckOutcome.PASSED),
        checks=tuple(_check_row(check) for check in checks if check.outcome is CheckOutcome.PASSED),
        written=(),
        goal=_goal_line(report, exercise),
        tally=f"{fixed} of {len(report.bugs)} bugs fixed" if report.bugs else "",
        pips=tuple(row.tone for row in bugs),
        footnote=_footnote(report),
    )


def _written_view(report: Report) -> VerdictView:
    """The view of a report on an implement exercise: its checks, the first that failed open."""
    symbol, headline, tone = {**_HEADLINES, **_WRITTEN_HEADLINES}[report.verdict]
    # What Python could not read was not checked.
    checks = [check for check in report.checks if check.name != "parses"]
    first = next((check for check in checks if check.failed), None)
    written = tuple(_written_row(check, check is first) for check in checks)
    passed = sum(check.outcome is CheckOutcome.PASSED for check in checks)
    return VerdictView(
        symbol=symbol,
        headline=headline,
        tone=tone,
        passed=report.verdict is Verdict.PASSED,
        message=report.message if first is None and report.verdict is not Verdict.PASSED else "",
        line=_line(report.message),
        bugs=(),
        troubles=(),
        checks=(),
        written=written,
        goal=None,
        tally=f"{passed} of {len(checks)} checks passed" if checks else "",
        pips=tuple(row.tone for row in written),
        footnote=_footnote(report),
    )


def _written_row(check: CheckResult, first: bool) -> CheckRow:
    symbol, state, tone = _OUTCOMES[check.outcome]
    failure = check.failure or Failure(told=check.message)
    sides = (("Expected", failure.expected), ("Got", failure.got))
    return CheckRow(
        name=check.spoken[:1].upper() + check.spoken[1:],
        symbol=symbol,
        state=state,
        tone=tone,
        open=first,
        case=failure.case,
        lesson=failure.lesson,
        told=failure.told,
        call=failure.spoken_call,
        inputs=tuple(_table(shown.name, shown) for shown in failure.tables),
        results=tuple(_table(title, shown) for title, shown in sides if shown is not None),
        places=_places(check.where),
    )


def _table(title: str, shown: Shown) -> Table:
    flat = len(shown.start) < 2
    top, left = (0, 0) if not shown.start else ((0, *shown.start) if flat else shown.start)[-2:]
    width = len(shown.cells[0]) if shown.cells else 0
    # One value needs no numbers at its sides.
    bare = not shown.start
    rows = tuple(
        ("" if flat else str(top + at), tuple(Cell(text, (at, to) in shown.wrong) for to, text in enumerate(row)))
        for at, row in enumerate(shown.cells)
    )
    return Table(title, shown.form, () if bare else tuple(str(left + at) for at in range(width)), rows, shown.part)


def _bug_rows(report: Report, exercise: Exercise) -> tuple[Row, ...]:
    titles = {bug.id: bug.title for bug in exercise.bugs}
    rows = []
    for bug in report.bugs:
        symbol, state, tone = _STATES[bug.state]
        name = titles.get(bug.id, bug.id)
        rests_on = _RESTS_ON[bug.rests_on] if bug.state is not BugState.NO_EVIDENCE else ""
        rows.append(Row(bug.id, name, symbol, state, tone, bug.evidence, _places(bug.where), rests_on))
    return tuple(rows)


def _check_row(check: CheckResult) -> Row:
    symbol, state, tone = _OUTCOMES[check.outcome]
    return Row("", check.name.capitalize(), symbol, state, tone, check.message, _places(check.where))


def _places(where: str) -> tuple[Place, ...]:
    return tuple(Place(text, _line(text)) for part in where.split(";") if (text := part.strip()))


def _goal_line(report: Report, exercise: Exercise) -> GoalLine | None:
    goal = report.goal
    if goal is None:
        return None
    spoken = spoken_metric(goal.name)
    at_most = exercise.goal is not None and exercise.goal.direction == "at_most"
    wanted = f"{'at most' if at_most else 'at least'} {goal.target:g}"
    if goal.measured is None:
        return GoalLine(f"{spoken}: could not be measured yet; wanted {wanted}", "?", "unsure")
    tone = "good" if goal.met else "bad"
    return GoalLine(f"{spoken} {goal.measured:.3g}, measured by us; wanted {wanted}", "✓" if goal.met else "✗", tone)


def _footnote(report: Report) -> str:
    parts = [f"seed {report.seed}", f"isolation {report.isolation}"]
    if "run" in report.seconds:
        parts.insert(0, f"ran {report.seconds['run']:.1f} s")
    return " · ".join(parts)


def _line(text: str) -> int | None:
    match = _LINE.search(text)
    return int(match[1]) if match else None
