"""Processes that train together, as the watcher `processes` noted them."""

from __future__ import annotations

from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.passes import training_passes

#: The watcher whose notes are read here.
WATCHER = "processes"

#: Fewer rows say nothing about whose they are.
FEWEST_ROWS = 8

#: Parts of one whole have at most this share of their rows in common: samplers repeat some to come out even.
_IN_COMMON = 0.2


def together(trace: Trace) -> Event | None:
    """What was noted of the processes at the end; None when the script ran alone."""
    return next(trace.notes(WATCHER, "together"), None)


def has_a_part(rows: int, common: int | None) -> bool:
    """Whether so many rows, with so many of them in common with another process, are a part of a whole."""
    return common is not None and rows >= FEWEST_ROWS and common <= _IN_COMMON * rows


def is_one_training(trace: Trace, group: Event) -> bool:
    """Whether the processes train one model on parts of the data, and not each a model of its own."""
    if has_a_part(group["rows"], group["common"]):
        return True
    if group["common"] is not None and group["rows"] >= FEWEST_ROWS:
        return False
    return any(e["sampler"] == "DistributedSampler" and _is_part(e) for e, _ in training_passes(trace))


def _is_part(event: Event) -> bool:
    return bool(event["rows"] and event["drawn"] < event["rows"])
