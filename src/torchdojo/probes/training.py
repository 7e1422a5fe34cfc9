"""What belongs to training in a trace: losses on their way to a backward pass, batches in order, sampled gradients."""

from __future__ import annotations

from collections import Counter

from torchdojo.domain.trace import Event, Trace

#: Fewer steps than this prove nothing about a training loop.
ENOUGH_STEPS = 20


def main_forwards(trace: Trace) -> list[Event]:
    """The training forwards of the model that trains most (in a run with several models)."""
    forwards = trace.training_forwards
    if not forwards:
        return []
    model, _ = Counter(f["model"] for f in forwards).most_common(1)[0]
    return [f for f in forwards if f["model"] == model]


def training_losses(trace: Trace, names: frozenset[str]) -> list[Event]:
    """Losses of these names that carry a gradient and follow a training forward (or no forward at all)."""
    return [
        e
        for e in trace.of("loss")
        if e["name"] in names and e.get("grad") and (e.get("forward") is None or e["forward"] in trace.trained_ids)
    ]


def losses_by_forward(trace: Trace) -> dict[int, list[Event]]:
    """The loss calls that follow each forward."""
    found: dict[int, list[Event]] = {}
    for event in trace.of("loss"):
        if event.get("forward") is not None:
            found.setdefault(event["forward"], []).append(event)
    return found


def distinct_places(trace: Trace, events: list[Event], most: int = 2) -> str:
    """Where these events happened, at most `most` places, "" when unknown."""
    places: list[str] = []
    for event in events:
        place = trace.place(event)
        if place and place not in places:
            places.append(place)
    return "; ".join(places[:most])
