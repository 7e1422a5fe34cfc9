"""What a look shows, in a terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

from torchdojo.domain.looks import Exhibit

_BLOCKS = "▁▂▃▄▅▆▇█"
_WIDTH = 24
#: Values so far apart are drawn by their logarithm.
_DECADES = 200


def print_exhibit(exhibit: Exhibit) -> None:
    """Its remark, its text, its series as one line each, its table."""
    from rich.table import Table
    from rich.text import Text

    from torchdojo.cli.printing import console

    out = console()
    out.print(Text(exhibit.title, style="bold"))
    if exhibit.remark:
        out.print(Text(exhibit.remark))
    if exhibit.text:
        out.print(Text(exhibit.text.rstrip()), soft_wrap=True)
    columns: Sequence[str] = exhibit.columns
    rows: Sequence[Sequence[str]] = exhibit.rows
    if exhibit.lines:
        columns = ("", "course", "first", "lowest", "highest", "last")
        rows = [(line.name, sparkline(line.y), *line.summary()) for line in exhibit.lines]
    if rows:
        table = Table(box=None, pad_edge=False)
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        out.print(table)
    out.print()


def sparkline(values: Sequence[float | None], width: int = _WIDTH) -> str:
    """The course of a series in a few characters; a gap where there was no value."""
    stride = max(1, math.ceil(len(values) / width))
    kept = values[::stride]
    known = [value for value in kept if value is not None]
    if not known:
        return ""
    scale = math.log if min(known) > 0 and max(known) / min(known) > _DECADES else float
    low, high = scale(min(known)), scale(max(known))
    return "".join(" " if value is None else _block((scale(value) - low) / ((high - low) or 1.0)) for value in kept)


def _block(share: float) -> str:
    return _BLOCKS[min(len(_BLOCKS) - 1, int(share * len(_BLOCKS)))]
