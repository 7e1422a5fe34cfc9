"""A bound on gradients that a script writes by hand: does it hold when gradients are far larger?

A bound that no gradient of the run reaches writes each as it was, as a multiplication by 1 does, and a factor drawn by
chance varies as a bound's does. So the script runs a few updates once more with some gradients made larger.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from torchdojo.domain.report import BugState, RestsOn
from torchdojo.domain.trace import Trace
from torchdojo.judge.findings import State
from torchdojo.judge.fleet import Fleet
from torchdojo.probes.training import ENOUGH_STEPS
from torchdojo.probes.wording import counted

KIND = "misplaced-clipping"

UPDATES = 48
SECONDS = 30.0

#: How much larger gradients are made.
INFLATED = 1e4

#: What is left of a large gradient is at most this share of what is left of a usual one.
_BOUNDED = 0.05


def is_due(state: State, trace: Trace) -> bool:
    """Whether gradients were changed before updates, and not by torch's functions alone."""
    if state.state is BugState.OPEN or any(note["limit"] is not None for note in trace.notes("clipping", "clip")):
        return False
    return any(True for _ in trace.notes("clipping", "shortened"))


def look(fleet: Fleet, request: Mapping[str, Any]) -> State:
    """The state of the bug by a short run of its own."""
    stop = {"steps": UPDATES, "evaluation_passes": 0}
    asked = {**request, "sample": 0, "watch": ["clipping"], "stop_after": stop, "inflate": INFLATED}
    ticket = fleet.submit("inflated", asked, seconds=SECONDS)
    fleet.wait(ticket)
    if ticket.stream is None or ticket.stream.broken:
        return State(BugState.NO_EVIDENCE, RestsOn.EVENTS, "The run with larger gradients gave no answer.")
    return state_of(ticket.stream.trace)


def state_of(trace: Trace) -> State:
    """The state by a run in which about every second update was given larger gradients."""
    factors = [float(note["factor"]) for note in trace.notes("clipping", "shortened")]
    updates = counted(len(factors), "update")
    if len(factors) < ENOUGH_STEPS:
        return State(BugState.NO_EVIDENCE, RestsOn.EVENTS, f"Gradients were changed before {updates} only.")
    low, high = np.quantile(factors, [0.25, 0.75])
    if low > _BOUNDED * high:
        told = f"Gradients made {INFLATED:,.0f} times as large reached the update as they were: nothing bounds them."
        return State(BugState.NO_EVIDENCE, RestsOn.EVENTS, told)
    told = f"Gradients made {INFLATED:,.0f} times as large for a look were shortened before the update, in {updates}."
    return State(BugState.FIXED, RestsOn.EVENTS, told)
