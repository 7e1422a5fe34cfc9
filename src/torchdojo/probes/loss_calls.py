"""Library losses together with what the watcher `loss_inputs` noted of their arguments."""

from __future__ import annotations

from collections.abc import Iterator

from torchdojo.domain.trace import Event, Trace

#: Nodes of layers whose results are raw scores.
AFFINE = ("AddmmBackward0", "MmBackward0", "ConvolutionBackward0", "BmmBackward0", "AddBackward0", "LinearBackward0")


def watched_losses(trace: Trace, *names: str) -> Iterator[tuple[Event, Event]]:
    """Each loss call of these names that was looked at: its event, and the watcher's facts."""
    events = {event["id"]: event for event in trace.of("loss")}
    for facts in trace.notes("loss_inputs", "call"):
        event = events.get(facts["loss"])
        if event is not None and event["name"] in names:
            yield event, facts


def made_by(loss: Event) -> str:
    """The graph node that computed the loss's first argument, "" without a graph."""
    producer = loss.get("producer") or [""]
    return str(producer[0])
