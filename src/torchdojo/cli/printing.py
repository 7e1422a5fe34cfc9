"""How reports and tables look in a terminal. rich is imported when something is printed, not for --help."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from torchdojo.cli.checks import failure_lines, first_failed, name_lines
from torchdojo.domain.exercise import Kind, spoken_metric
from torchdojo.domain.report import BugState, CheckOutcome, CheckResult, GoalResult, Report, Verdict

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_STATE = {
    BugState.FIXED: ("✓", "green", "fixed"),
    BugState.OPEN: ("✗", "red", "open"),
    BugState.NO_EVIDENCE: ("?", "yellow", "not observable"),
}
#: Lines of a board that are not the checks': title, headline, what is told below, keys, the cursor's own.
BOARD_FRAME = 6
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


def print_json(data: Any) -> None:
    """One JSON document on standard output; NaN and infinities become null."""
    click.echo(json.dumps(_plain(data), indent=2, ensure_ascii=False, allow_nan=False))


def _plain(data: Any) -> Any:
    if isinstance(data, float) and not (-float("inf") < data < float("inf")):
        return None
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_plain(value) for value in data]
    return data


def console(**options: Any) -> Console:
    """A console on standard output that respects NO_COLOR and pipes."""
    from rich.console import Console

    return Console(highlight=False, **options)


def print_markdown(text: str) -> None:
    """Markdown as far as a terminal can show it."""
    from torchdojo.cli.prose import readable

    console().print(readable(text))


def print_report(report: Report, titles: dict[str, str], out: Console, *, path: str = "") -> None:
    """The verdict, one entry per bug with its evidence and line, the goal, and what went wrong otherwise."""
    from rich.text import Text

    out.print(headline(report))
    if report.kind == Kind.IMPLEMENT:
        _print_lines(_check_report(report, out, path), out)
        return
    told = report.message.strip()
    if told:
        out.print(Text(told, style="yellow" if report.verdict is not Verdict.PASSED else ""))
    for bug in report.bugs:
        sign, colour, word = _STATE[bug.state]
        line = Text(f" {sign} ", style=f"bold {colour}")
        line.append(titles.get(bug.id, bug.id), style="bold" if bug.state is not BugState.FIXED else "")
        line.append(f"  {word}", style=colour)
        if bug.state is not BugState.NO_EVIDENCE:
            line.append(
                f", by {bug.rests_on}" if str(bug.rests_on) != "both" else ", by values and events", style="dim"
            )
        out.print(line)
        out.print(_indented(bug.evidence, _clickable(bug.where, path)))
    for check in _failed_checks(report):
        if check.message.strip() in told:
            continue
        out.print(Text(f" ✗ {check.name}", style="bold red"))
        out.print(_indented(check.message, _clickable(check.where, path)))
    if report.goal is not None:
        out.print(_goal_line(report.goal))


def _check_report(report: Report, out: Console, path: str) -> list[Text]:
    from rich.text import Text

    first = first_failed(report)
    if first is None or first.name == "parses":
        told = [] if report.verdict is Verdict.PASSED else [Text(report.message.strip(), style="yellow")]
        return [*told, *name_lines(replace(report, checks=_run_checks(report)), out.width)]
    return [*name_lines(report, out.width), Text(), *failure_lines(first, _clickable(first.where, path), out)]


def _check_board(report: Report, out: Console, path: str, room: int) -> list[Text]:
    """The first of some ever shorter forms that fits into `room` lines."""
    from rich.text import Text

    whole = _check_report(report, out, path)
    first = first_failed(report)
    short = name_lines(report, out.width, passed_as_one=True)
    if first is None:
        return whole if len(whole) <= room else short
    if len(whole) <= room or first.name == "parses":
        return whole
    failed = failure_lines(first, _clickable(first.where, path), out)
    if len(short) + len(failed) > room:
        # What fails first is what to look at; the others are counted.
        others = sum(check.failed for check in report.checks) - 1
        short = [line for line in short[:1] if report.score > 0]
        if others:
            short.append(Text(f" ✗ {others} more failed, press e to see them", style="dim"))
    if len(short) + len(failed) > room:
        failed = failure_lines(first, _clickable(first.where, path), out, tables=False)
        failed.insert(-1, Text("   Press e for the values.", style="dim"))
    return [*short, *failed]


def _run_checks(report: Report) -> tuple[CheckResult, ...]:
    """Without what only says that Python could not read the file: that stands in the message."""
    return tuple(check for check in report.checks if check.name != "parses")


def _print_lines(lines: list[Text], out: Console) -> None:
    for line in lines:
        out.print(line, soft_wrap=True)


def _failed_checks(report: Report) -> list[CheckResult]:
    """What went wrong beside the bugs; the goal has a line of its own."""
    bad = (CheckOutcome.FAILED, CheckOutcome.ERROR)
    return [c for c in report.checks if c.outcome in bad and c.message and c.name != "goal"]


def _goal_line(goal: GoalResult) -> Text:
    from rich.text import Text

    measured = "not measured" if goal.measured is None else f"{goal.measured:.4g}"
    sign, colour = ("✓", "green") if goal.met else ("✗", "red")
    line = Text(f" {sign} goal ", style=f"bold {colour}")
    line.append(f"{spoken_metric(goal.name)} {measured}, wanted {goal.target:g} (measured by us on fresh rows)")
    return line


def print_board(report: Report, titles: dict[str, str], out: Console, *, path: str = "") -> None:
    """The report on one small terminal: a line for every bug or check, and more of the first that is left."""
    from rich.text import Text

    out.print(headline(report))
    if report.kind == Kind.IMPLEMENT:
        _print_lines(_check_board(report, out, path, out.size.height - BOARD_FRAME), out)
        return
    told = "" if report.verdict in (Verdict.PASSED, Verdict.WRONG_ANSWER) else report.message.strip()
    if told:
        out.print(Text(told, style="yellow"))
    widest = max((len(titles.get(bug.id, bug.id)) for bug in report.bugs), default=0)
    for bug in report.bugs:
        sign, colour, word = _STATE[bug.state]
        line = Text(f" {sign} ", style=f"bold {colour}")
        line.append(titles.get(bug.id, bug.id).ljust(widest + 2), style="" if bug.fixed else "bold")
        first_place = _clickable(bug.where, path).split(",")[0]
        line.append(word if bug.fixed or not bug.where else first_place, style=colour)
        out.print(line, no_wrap=True, overflow="ellipsis")
    left = next((bug for bug in report.bugs if not bug.fixed), None)
    for check in _failed_checks(report):
        if check.message.strip() not in told:
            out.print(Text(f" ✗ {check.name}: {check.message}", style="red"))
    if report.goal is not None:
        out.print(_goal_line(report.goal))
    if left is not None:
        out.print(Text(f"{titles.get(left.id, left.id)}: {left.evidence}", style="dim"))


def headline(report: Report) -> Text:
    """One line: the verdict, how many bugs are fixed or checks passed, how long it took."""
    from rich.text import Text

    colour = "green" if report.verdict is Verdict.PASSED else "red"
    line = Text(f"{str(report.verdict).replace('_', ' ')}", style=f"bold {colour}")
    if report.bugs:
        line.append(f"  {sum(bug.fixed for bug in report.bugs)} of {len(report.bugs)} bugs fixed")
    elif report.kind == Kind.IMPLEMENT and (checks := _run_checks(report)):
        passed = sum(check.outcome is CheckOutcome.PASSED for check in checks)
        line.append(f"  all {passed} checks" if passed == len(checks) else f"  {passed} of {len(checks)} checks passed")
    seconds = report.seconds.get("total", 0.0)
    # What Python cannot even read never ran, so nothing had to keep it in.
    ran = report.seconds.get("run", 0.0) > 0
    line.append(f"  {seconds:.1f} s, isolation {report.isolation}" if ran else f"  {seconds:.1f} s", style="dim")
    return line


def _indented(text: str, where: str) -> Text:
    from rich.padding import Padding
    from rich.text import Text

    shown = Text(text, style="dim")
    if where:
        shown.append(f"  {where}", style="cyan")
    return Padding(shown, (0, 0, 0, 3))  # type: ignore[return-value]


def _clickable(where: str, path: str) -> str:
    """ "line 41, train" as "file.py:41, train": terminals make a link of that."""
    if not path or not where.startswith("line "):
        return where
    number, _, rest = where[5:].partition(",")
    first = number.split(";")[0].strip()
    return f"{path}:{first}" + (f",{rest}" if rest else "")


def braille_curve(values: list[float], width: int = 40, height: int = 4) -> list[str]:
    """A series as lines of braille dots, `width` characters wide; empty for fewer than two finite values."""
    finite = [v for v in values if -float("inf") < v < float("inf")]
    if len(finite) < 2:
        return []
    low, high = min(finite), max(finite)
    span = (high - low) or 1.0
    columns, rows = width * 2, height * 4
    cells = [[0] * width for _ in range(height)]
    for column in range(columns):
        start = column * len(finite) // columns
        stop = max(start + 1, (column + 1) * len(finite) // columns)
        mean = sum(finite[start:stop]) / (stop - start)
        row = rows - 1 - round((mean - low) / span * (rows - 1))
        cells[row // 4][column // 2] |= _DOTS[row % 4][column % 2]
    lines = ["".join(chr(0x2800 + cell) for cell in line) for line in cells]
    lines[0] += f" {high:.3g}"
    lines[-1] += f" {low:.3g}"
    return lines


def print_curve(report: Report, out: Console) -> None:
    """The training loss of the run."""
    for curve in report.curves:
        if curve.name == "train_loss" and (lines := braille_curve(list(curve.y))):
            out.print("training loss, first step to last", style="dim")
            for line in lines:
                out.print(line, style="cyan")
