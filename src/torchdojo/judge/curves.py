"""Curves of a run while it goes on and afterwards: training loss by step, held-out loss and accuracy by pass."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from torchdojo.domain.report import Curve
from torchdojo.domain.trace import Event

NAMES = ("train_loss", "val_loss", "val_accuracy")

#: Points of one curve in a report; more can be neither seen nor stored usefully.
MOST_POINTS = 400

Emit = Callable[[str, float, float], None]


class CurveReader:
    """Sorts losses into training and evaluation as the events come in.

    What a loss belongs to is known only later: a backward pass claims it for training, a step without one leaves it
    to evaluation.
    """

    def __init__(self, emit: Emit | None = None) -> None:
        self.points: dict[str, list[tuple[float, float]]] = {name: [] for name in NAMES}
        self._emit = emit
        self._pending: list[Event] = []
        self._steps = 0

    def feed(self, events: Sequence[Event]) -> None:
        """Take in the next events of the run."""
        for event in events:
            if event["t"] == "loss" and event.get("value") is not None:
                self._pending.append(event)
            elif event["t"] == "backward" and not event.get("failed"):
                self._training(event)
            elif event["t"] == "step":
                self._steps += 1
            elif event["t"] == "end":
                self._evaluation()

    def curves(self) -> tuple[Curve, ...]:
        """The curves that have points, thinned out evenly."""
        found = []
        for name, points in self.points.items():
            kept = points[:: max(1, math.ceil(len(points) / MOST_POINTS))]
            if kept:
                found.append(Curve(name, tuple(x for x, _ in kept), tuple(y for _, y in kept)))
        return tuple(found)

    def _training(self, backward: Event) -> None:
        touched = set(backward["forwards"])
        before = [e for e in self._pending if e.get("forward") not in touched]
        own = [e for e in self._pending if e.get("forward") in touched]
        self._pending = before
        self._evaluation()
        value = backward.get("value")
        if own and own[-1].get("value") is not None:
            value = own[-1]["value"]
        if value is not None and math.isfinite(value):
            self._add("train_loss", value)

    def _evaluation(self) -> None:
        events, self._pending = self._pending, []
        weight = sum(e.get("weight", 1) for e in events)
        if not events or weight <= 0:
            return
        self._add("val_loss", sum(e["value"] * e.get("weight", 1) for e in events) / weight)
        scored = [e for e in events if e.get("accuracy") is not None]
        weight = sum(e.get("weight", 1) for e in scored)
        if scored and weight > 0:
            self._add("val_accuracy", sum(e["accuracy"] * e.get("weight", 1) for e in scored) / weight)

    def _add(self, name: str, y: float) -> None:
        if not math.isfinite(y):
            return
        self.points[name].append((float(self._steps), float(y)))
        if self._emit is not None:
            self._emit(name, float(self._steps), float(y))
