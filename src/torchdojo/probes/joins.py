"""Joins of tensors, as the watcher `joins` notes them."""

from __future__ import annotations

from dataclasses import dataclass

from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.wording import shape

WATCHER = "joins"


@dataclass(frozen=True, slots=True)
class Join:
    """One join: the axis, the shape of each part, whether torch refused it, whether a model made it."""

    dim: int
    shapes: tuple[tuple[int, ...], ...]
    refused: bool
    inside: bool
    event: Event

    def width(self, axis: int) -> int:
        """How long the axis would be, joined along it."""
        return sum(shape[axis] for shape in self.shapes)

    def fits(self, axis: int) -> bool:
        """Whether the parts can be joined along this axis."""
        return len({(*shape[:axis], *shape[axis + 1 :]) for shape in self.shapes}) == 1

    @property
    def others(self) -> list[int]:
        """The other axes along which the parts can be joined."""
        return [axis for axis in range(len(self.shapes[0])) if axis != self.dim and self.fits(axis)]

    @property
    def said(self) -> str:
        """The shapes of the parts, for a sentence."""
        return " and ".join(shape(list(part)) for part in self.shapes)


def read_join(note: Event) -> Join:
    """The join that a note tells of."""
    axes, sizes = int(note["axes"]), list(note["sizes"])
    shapes = tuple(tuple(sizes[i : i + axes]) for i in range(0, len(sizes), axes))
    return Join(int(note["dim"]), shapes, bool(note["refused"]), bool(note["inside"]), note)


def latest_joins(trace: Trace) -> list[Join]:
    """The last joins of the run, in their order."""
    return [read_join(note) for note in trace.notes(WATCHER, "latest")]


def joined_below(trace: Trace) -> Join | None:
    """A join that put parts with one row per sample one below the other, although they would fit side by side."""
    joins = (read_join(note) for note in trace.notes(WATCHER, "below"))
    return next((join for join in joins if join.others), None)
