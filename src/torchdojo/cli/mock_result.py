"""How a mock interview went: the sum, the bugs with their evidence, and the last ones beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchdojo.app import rehearsing
from torchdojo.app.interviewing import LiveRoom
from torchdojo.interview.scorecard import BugMark, Scorecard

if TYPE_CHECKING:
    from rich.console import Console

_MARKS = {
    BugMark.FIXED: ("✓", "green"),
    BugMark.LATE: ("✓", "yellow"),
    BugMark.PARTLY: ("?", "yellow"),
    BugMark.OPEN: ("✗", "red"),
}


def print_result(room: LiveRoom, out: Console) -> None:
    """The scorecard of a rehearsal, and how it compares."""
    card = rehearsing.scorecard(room)
    if card is None:
        out.print("The script is gone, so that there is no score. The log is safe.", style="yellow")
        return
    script = rehearsing.flow_of(room).interview
    band = next((band for band in script.bands if band.id == card.band), None)
    out.rule(f"[bold]{card.total:g} of 100[/]  {band.title if band else card.band}", align="left")
    if band is not None:
        out.print(band.reading, markup=False)
    if not card.complete:
        out.print(f"Provisional: not rated are {', '.join(card.unrated)}.", style="yellow", markup=False)
    for part in card.parts:
        most = f" of {part.of:g}" if part.of else ""
        out.print(f"  {part.title}: {part.points:+.1f}{most}  {part.told}", markup=False, soft_wrap=True)
    _print_bugs(card, out)
    for remark in card.remarks:
        out.print(remark, style="dim", markup=False)
    _print_last(room, out)
    out.print(f"Look at it again: torchdojo interview replay {room.id}", style="dim", markup=False, soft_wrap=True)


def _print_bugs(card: Scorecard, out: Console) -> None:
    from rich.text import Text

    for bug in card.bugs:
        sign, colour = _MARKS[bug.mark]
        at = "" if bug.at is None else f" at {int(bug.at) // 60}:{int(bug.at) % 60:02d}"
        line = Text(f" {sign} ", style=f"bold {colour}").append(bug.title).append(f"  {bug.mark}{at}", style=colour)
        out.print(line)
        if bug.evidence:
            out.print(Text(f"   {bug.evidence}", style="dim"))


def _print_last(room: LiveRoom, out: Console) -> None:
    rows = rehearsing.rehearsals(room.dojo, like=room.state)
    if len(rows) < 2:
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, title="The last ones", title_justify="left")
    for name in ("when", "total", "band", "bugs"):
        table.add_column(name)
    for row in rows:
        if row.card is not None:
            bugs = f"{row.card.fixed} of {len(row.card.bugs)}" if row.card.bugs else "–"
            here = "  <- this one" if row.room == room.id else ""
            table.add_row(f"{row.at:%d %b %Y %H:%M}", f"{row.card.total:g}", row.card.band, f"{bugs}{here}")
    out.print(table)
