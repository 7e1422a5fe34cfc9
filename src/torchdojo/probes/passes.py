"""Passes over the data by loaders, as the watcher `passes` noted them, and what each was for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from torchdojo.domain.trace import Event, Trace

#: The watcher whose notes are read here.
WATCHER = "passes"


def training_passes(trace: Trace) -> list[tuple[Event, int]]:
    """Each loader pass in which a model was trained, with the model that was trained first in it."""
    models = {forward["id"]: forward["model"] for forward in trace.training_forwards}
    trained = sorted(models)
    found = []
    for event in trace.notes(WATCHER, "pass"):
        first = next((i for i in trained if event["after"] < i <= event["until"]), None)
        if first is not None:
            found.append((event, models[first]))
    return found


def runs(passes: Iterable[tuple[Event, int]]) -> list[list[Event]]:
    """The passes over as many rows for one model, in order; the data set itself may be made anew each time."""
    found: dict[tuple[int, int], list[Event]] = {}
    for event, model in passes:
        found.setdefault((event["rows"] or 0, model), []).append(event)
    return list(found.values())


def same_neighbours(orders: Sequence[int]) -> int:
    """How many orders equal the one before."""
    return sum(first == second for first, second in pairwise(orders))
