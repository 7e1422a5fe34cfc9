"""A verdict below a cell: as HTML where the notebook shows it, as text everywhere else."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from torchdojo.app.ports import EventSink
from torchdojo.cli.printing import print_curve, print_report
from torchdojo.domain.attempt import Attempt
from torchdojo.domain.exercise import Exercise

_WIDTH = 100

#: In the notebook's own colours: only what the verdict colours is coloured.
_PAGE = '<pre style="white-space: pre-wrap; line-height: 1.35; font-family: monospace">{code}</pre>'


def output_printer() -> EventSink:
    """Shows what the submission prints, as it comes."""

    def take(event: Mapping[str, Any]) -> None:
        if event.get("type") == "output":
            print(event["text"], end="", flush=True)

    return take


def rendered(attempt: Attempt, exercise: Exercise, remarks: Sequence[str]) -> dict[str, str]:
    """The verdict by media type."""
    out = Console(
        file=io.StringIO(), record=True, width=_WIDTH, highlight=False, force_jupyter=False, force_terminal=False
    )
    print_curve(attempt.report, out)
    print_report(attempt.report, {bug.id: bug.title for bug in exercise.bugs}, out)
    for remark in remarks:
        out.print(remark, style="dim", markup=False)
    html = out.export_html(code_format=_PAGE, inline_styles=True, clear=False)
    return {"text/html": html, "text/plain": out.export_text()}
