"""What a look shows, with its series as drawings."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torchdojo.domain.looks import Exhibit, Line

#: The drawing's own units; the page stretches it.
_WIDTH, _HEIGHT = 100.0, 24.0

#: Values so far apart are drawn by their logarithm.
_DECADES = 200


@dataclass(frozen=True, slots=True)
class LineRow:
    """One series: the points of its pieces, dots where a piece is a single value, and its figures."""

    name: str
    pieces: tuple[str, ...]
    logarithmic: bool
    figures: tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class ExhibitView:
    """An exhibit with its series drawn; `large` when they are few."""

    exhibit: Exhibit
    lines: tuple[LineRow, ...]
    large: bool


def looks_view(exhibits: Iterable[Exhibit]) -> list[ExhibitView]:
    """The exhibits of one look."""
    return [ExhibitView(each, tuple(map(_drawn, each.lines)), _are_few(each.lines)) for each in exhibits]


def _are_few(lines: Sequence[Line]) -> bool:
    # A constant needs no room.
    return len(lines) <= 3 and any(len(set(line.values)) > 1 for line in lines)


def _drawn(line: Line) -> LineRow:
    values = line.values
    if not values:
        return LineRow(line.name, (), False, line.summary())
    logarithmic = min(values) > 0 and max(values) / min(values) > _DECADES
    scale = math.log if logarithmic else float
    low, high = scale(min(values)), scale(max(values))
    first, last = line.x[0], line.x[-1]

    def point(x: float, y: float) -> str:
        across = (x - first) / ((last - first) or 1.0) * _WIDTH
        up = (scale(y) - low) / (high - low) if high > low else 0.5
        return f"{across:.2f},{2 + (1 - up) * (_HEIGHT - 4):.2f}"

    pieces: list[list[str]] = [[]]
    for x, y in zip(line.x, line.y, strict=True):
        if y is None:
            pieces.append([])
        else:
            pieces[-1].append(point(x, y))
    drawn = (" ".join(piece if len(piece) > 1 else piece * 2) for piece in pieces if piece)
    return LineRow(line.name, tuple(drawn), logarithmic, line.summary())
