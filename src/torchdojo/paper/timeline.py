"""A picture of what happened when: stages as bars, moments as marks whose shapes tell them apart without colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _LEFT, _RIGHT = 720.0, 78.0, 14.0
_LANE, _STEP, _TOP = 34.0, 13.0, 10.0

#: Marks closer than this stand below one another.
_NEAR = 17.0
_MOST_LEVELS = 4

#: How far apart the marks of the axis are, in minutes; the first that gives few enough.
_TICKS = (1, 2, 5, 10, 15, 30, 60, 120)
_MOST_TICKS = 14


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in seconds, with what is written into it."""

    since: float
    until: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment. `label`, of one or two characters, stands beside its shape."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of the picture. `shape` is "bar" for spans; "triangle", "disc", "cross" or "diamond" for marks."""

    title: str
    shape: str
    spans: tuple[Span, ...] = ()
    marks: tuple[Mark, ...] = ()


def timeline(lanes: Sequence[Lane], length: float, limit: float, said: str) -> str:
    """The picture as SVG, in the colour of the text around it. `limit` is when the time was up, `said` it in words."""
    scale = _Scale(max(length, limit, 60.0))
    parts: list[str] = []
    top = _TOP
    for lane in lanes:
        height = _height(lane, scale)
        parts += _lane(lane, scale, top, height)
        top += height
    parts += _axis(scale, top, limit)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:g} {top + 24:g}" role="img" '
        f'aria-label="{escape(said)}" font-family="Libertinus Serif, Georgia, serif" font-size="11" '
        'fill="currentColor">'
        f"{''.join(parts)}</svg>"
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    length: float

    def x(self, seconds: float) -> float:
        share = min(max(seconds / self.length, 0.0), 1.0)
        return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)


def _levels(lane: Lane, scale: _Scale) -> list[int]:
    """On which level each mark stands: the first on which it does not touch its neighbour."""
    last: list[float] = []
    found = []
    for mark in lane.marks:
        x = scale.x(mark.at)
        level = next((place for place, end in enumerate(last) if x - end >= _NEAR), len(last))
        level = min(level, _MOST_LEVELS - 1)
        last[level : level + 1] = [x]
        found.append(level)
    return found


def _height(lane: Lane, scale: _Scale) -> float:
    return _LANE + _STEP * max(_levels(lane, scale), default=0)


def _lane(lane: Lane, scale: _Scale, top: float, height: float) -> Iterator[str]:
    middle = top + _LANE / 2
    yield f'<text x="0" y="{middle + 4:g}">{escape(lane.title)}</text>'
    line = 'stroke="currentColor" stroke-width="0.5" stroke-opacity="0.45"'
    yield f'<path d="M{_LEFT:g} {top + height:g}H{_WIDTH - _RIGHT:g}" {line}/>'
    for number, span in enumerate(lane.spans):
        yield from _bar(span, scale, top, dark=number % 2 == 1)
    for mark, level in zip(lane.marks, _levels(lane, scale), strict=True):
        x, y = scale.x(mark.at), middle + level * _STEP
        yield _shape(lane.shape, x, y)
        if mark.label:
            yield f'<text x="{x + 5.5:g}" y="{y + 3.5:g}" font-size="9.5">{escape(mark.label)}</text>'


def _bar(span: Span, scale: _Scale, top: float, *, dark: bool) -> Iterator[str]:
    left, right = scale.x(span.since), scale.x(span.until)
    width = max(right - left, 1.0)
    fill = 0.22 if dark else 0.06
    yield (
        f'<rect x="{left:g}" y="{top + 7:g}" width="{width:g}" height="{_LANE - 14:g}" fill-opacity="{fill}" '
        'stroke="currentColor" stroke-width="0.8"/>'
    )
    if width >= 12:
        x, y = left + width / 2, top + _LANE / 2 + 4
        yield f'<text x="{x:g}" y="{y:g}" text-anchor="middle">{escape(span.label)}</text>'


def _shape(shape: str, x: float, y: float) -> str:
    stroke = 'stroke="currentColor" stroke-width="1.2"'
    match shape:
        case "triangle":
            return f'<path d="M{x - 4:g} {y - 4.5:g}L{x + 4:g} {y:g}L{x - 4:g} {y + 4.5:g}Z"/>'
        case "disc":
            return f'<circle cx="{x:g}" cy="{y:g}" r="4.5"/>'
        case "cross":
            return f'<path d="M{x - 4:g} {y - 4:g}l8 8m0 -8l-8 8" fill="none" {stroke}/>'
        case _:
            return f'<path d="M{x:g} {y - 5:g}l5 5l-5 5l-5 -5Z" fill="none" {stroke}/>'


def _axis(scale: _Scale, top: float, limit: float) -> Iterator[str]:
    minutes = scale.length / 60
    step = next((tick for tick in _TICKS if minutes / tick <= _MOST_TICKS), _TICKS[-1] * (1 + int(minutes // 1440)))
    for minute in range(0, int(minutes) + 1, step):
        x = scale.x(minute * 60)
        yield f'<path d="M{x:g} {top:g}v4" stroke="currentColor" stroke-width="0.8"/>'
        yield f'<text x="{x:g}" y="{top + 15:g}" text-anchor="middle" font-size="10">{minute}</text>'
    yield f'<text x="0" y="{top + 15:g}" font-size="10">minutes</text>'
    if limit > 0:
        x = scale.x(limit)
        yield (
            f'<path d="M{x:g} {_TOP:g}V{top:g}" stroke="currentColor" stroke-width="1.4" stroke-dasharray="5 4" '
            'fill="none"/>'
        )
