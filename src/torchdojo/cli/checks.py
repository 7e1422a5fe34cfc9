"""The checks of an implement exercise as lines for a terminal: all by name, the first that failed in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchdojo.domain.failure import Failure, Shown
from torchdojo.domain.report import CheckOutcome, CheckResult, Report

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_SIGNS = {
    CheckOutcome.PASSED: ("✓", "green"),
    CheckOutcome.FAILED: ("✗", "red"),
    CheckOutcome.ERROR: ("✗", "red"),
    CheckOutcome.SKIPPED: ("·", "dim"),
}
#: Behind a number that differs: colour alone would not reach everybody.
MARK = "*"
_GAP = 4
_INDENT = "   "


def first_failed(report: Report) -> CheckResult | None:
    """The check to look at first."""
    return next((check for check in report.checks if check.failed), None)


def name_lines(report: Report, width: int, *, passed_as_one: bool = False) -> list[Text]:
    """A line for every check; behind those that failed, after the first, what was seen."""
    from rich.text import Text

    first = first_failed(report)
    lines = []
    for check in report.checks:
        if passed_as_one and check.outcome is CheckOutcome.PASSED:
            continue
        sign, colour = _SIGNS[check.outcome]
        line = Text(f" {sign} ", style=f"bold {colour}")
        line.append(check.spoken, style="bold" if check.failed else "dim" if colour == "dim" else "")
        if check.failed and check is not first and _told(check) != _told(first):
            line.append(f"  {_told(check)}", style="dim")
        line.truncate(width, overflow="ellipsis")
        lines.append(line)
    passed = sum(check.outcome is CheckOutcome.PASSED for check in report.checks)
    if passed_as_one and passed:
        lines.insert(0, Text(f" ✓ {passed} check{'' if passed == 1 else 's'} passed", style="green"))
    return lines


def failure_lines(check: CheckResult, where: str, out: Console, *, tables: bool = True) -> list[Text]:
    """One failed check in full: what it is about, the failing input, what came out, where to look."""
    from rich.text import Text

    failure = check.failure or Failure(told=check.message)
    head = Text(f" ✗ {check.spoken}", style="bold red")
    if failure.case:
        head.append(f"  ({failure.case})", style="not bold dim")
    head.truncate(out.width, overflow="ellipsis")
    lines = [head, *_wrapped(failure.lesson, out)]
    if failure.call and tables:
        lines += _wrapped(failure.spoken_call, out, style="cyan")
    if tables:
        lines += _beside([_table(shown, shown.name) for shown in failure.tables], out.width)
        sides = [(failure.expected, "expected"), (failure.got, "got")]
        lines += _beside([_table(shown, title) for shown, title in sides if shown is not None], out.width)
        if failure.got is not None and failure.got.wrong:
            lines.append(Text(f"{_INDENT}{MARK} differs from what is expected", style="dim"))
    lines += _wrapped(failure.told, out, style="yellow")
    if where:
        lines.append(Text(f"{_INDENT}Look at ", style="dim").append(where, style="cyan"))
    return lines


def _told(check: CheckResult | None) -> str:
    if check is None:
        return ""
    return (check.failure.told if check.failure else check.message).partition("\n")[0]


def _wrapped(text: str, out: Console, style: str = "") -> list[Text]:
    from rich.text import Text

    lines = []
    for line in Text(text, style=style).wrap(out, max(20, out.width - len(_INDENT)), overflow="fold") if text else []:
        line.rstrip()
        lines.append(Text(_INDENT).append_text(line))
    return lines


def _table(shown: Shown, title: str) -> list[Text]:
    """A heading and the rows, all of one width."""
    from rich.text import Text

    marked = [
        [cell + (MARK if (r, c) in shown.wrong else " ") for c, cell in enumerate(row)]
        for r, row in enumerate(shown.cells)
    ]
    widths = [max(map(len, column)) for column in zip(*marked, strict=True)]
    lines = [Text(title, style="bold").append(f" {shown.form}", style="not bold dim")]
    for r, row in enumerate(marked):
        line = Text()
        for c, cell in enumerate(row):
            line.append(cell.rjust(widths[c] + (1 if c else 0)), style="bold red" if (r, c) in shown.wrong else "")
        lines.append(line)
    if shown.part:
        lines.append(Text(f"(shown: {shown.part})", style="dim"))
    width = max(line.cell_len for line in lines)
    for line in lines:
        line.pad_right(width - line.cell_len)
    return lines


def _beside(tables: list[list[Text]], width: int) -> list[Text]:
    """The tables in rows, as many side by side as fit."""
    from rich.text import Text

    lines: list[Text] = []
    row: list[list[Text]] = []
    for table in [*tables, None]:
        used = sum(other[0].cell_len + _GAP for other in row)
        if row and (table is None or len(_INDENT) + used + table[0].cell_len > width):
            for at in range(max(map(len, row))):
                line = Text(_INDENT)
                for other in row:
                    line.append_text(other[at] if at < len(other) else Text(" " * other[0].cell_len))
                    line.append(" " * _GAP)
                line.rstrip()
                line.truncate(width, overflow="ellipsis")
                lines.append(line)
            row = []
        if table is not None:
            row.append(table)
    return lines
