"""What the watcher `token_outputs` saw of the targets of token models."""

from __future__ import annotations

from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.training import ENOUGH_STEPS, distinct_places

#: Batches looked at before they show a pattern.
ENOUGH_BATCHES = 2

#: Share of the positions whose gradient must look like that of a cross-entropy.
MOSTLY = 0.8


def token_batches(trace: Trace) -> list[Event]:
    """The batches whose positions are trained by something like a cross-entropy each."""
    return [n for n in trace.notes("token_outputs", "targets") if n["used"] >= 4 and n["pointed"] >= MOSTLY * n["used"]]


def occasions(trace: Trace, batches: list[Event]) -> int:
    """How many training batches the few that were looked at stand for."""
    if len(batches) < ENOUGH_BATCHES:
        return 0
    return max(len(trace.training_forwards), len(batches) if len(batches) < ENOUGH_STEPS else ENOUGH_STEPS)


def loss_place(trace: Trace, batches: list[Event]) -> str:
    """The line of the loss over the outputs of these batches, that of backward for losses by hand."""
    numbers = {batch["forward"] for batch in batches}
    losses = [e for e in trace.of("loss") if e.get("forward") in numbers and e.get("grad")]
    if losses:
        return distinct_places(trace, losses, most=1)
    return distinct_places(trace, [e for e in trace.of("backward") if numbers & set(e["forwards"])], most=1)
