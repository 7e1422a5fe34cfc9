"""A unified diff as table rows with line numbers of both sides."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


@dataclass(frozen=True, slots=True)
class DiffRow:
    """`change` is "same", "added", "removed" or "gap" (lines left out); numbers are 1-based, None on the other side."""

    change: str
    old: int | None
    new: int | None
    text: str


def diff_rows(unified: str) -> list[DiffRow]:
    """The rows of a unified diff without its file header; empty when nothing differs."""
    rows: list[DiffRow] = []
    old = new = 0
    inside = False
    for line in unified.splitlines():
        hunk = _HUNK.match(line)
        if hunk:
            old, new = int(hunk[1]), int(hunk[2])
            inside = True
            rows.append(DiffRow("gap", None, None, ""))
        elif not inside or line.startswith("\\"):
            continue
        elif line.startswith("+"):
            rows.append(DiffRow("added", None, new, line[1:]))
            new += 1
        elif line.startswith("-"):
            rows.append(DiffRow("removed", old, None, line[1:]))
            old += 1
        else:
            rows.append(DiffRow("same", old, new, line[1:]))
            old, new = old + 1, new + 1
    return rows


def summary(rows: list[DiffRow]) -> str:
    """How much changed, e.g. "4 lines added, 2 removed"."""
    added = sum(row.change == "added" for row in rows)
    removed = sum(row.change == "removed" for row in rows)
    if not added and not removed:
        return "No difference from the starter."
    lines = "line" if added == 1 else "lines"
    return f"{added} {lines} added, {removed} removed"
