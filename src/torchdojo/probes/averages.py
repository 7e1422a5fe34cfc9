"""Numbers that a script printed after an evaluation, and the ways in which they may have been averaged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from torchdojo.domain.trace import Event, Trace

_NUMBER = re.compile(r"(?<![\w.])-?\d+\.\d+(?:e[-+]?\d+)?%?", re.IGNORECASE)
_MOST_IN_PARTS = 40


@dataclass(slots=True)
class Series:
    """One quantity of one evaluation pass, batch by batch: its means, and the rows behind each.

    Batches that no loader handed out may be those of several data sets, one after the other.
    """

    at: int
    of_loader: bool
    values: list[float] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)

    @property
    def average(self) -> float:
        """The mean over rows."""
        return sum(v * w for v, w in zip(self.values, self.weights, strict=True)) / sum(self.weights)

    @property
    def batches(self) -> int:
        """How many there are."""
        return len(self.values)

    def parts(self) -> list[float]:
        """The averages over all runs of batches that may be a data set of their own."""
        if self.of_loader or self.batches > _MOST_IN_PARTS:
            return [self.average]
        return [
            Series(self.at, True, self.values[i:j], self.weights[i:j]).average
            for i in range(self.batches)
            for j in range(i + 1, self.batches + 1)
        ]

    def slips(self) -> dict[str, float]:
        """What comes out when something is mixed up, by what it is."""
        rows, total = sum(self.weights), sum(self.values)
        last = self.values[-1]
        return {
            "the sum of batch means divided by the number of rows": total / rows,
            "a sum over rows divided by the number of batches": self.average * rows / self.batches,
            "the mean of batch means, though the batches differ in size": total / self.batches,
            "the result of the last batch alone": last,
            "the last batch's sum divided by the rows of all batches": last * self.weights[-1] / rows,
            "the sum over all batches divided by the rows of the last one": self.average * rows / self.weights[-1],
        }


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as it was printed: its place in the script's output, and how exact it is."""

    line: Event
    position: int
    value: float
    slack: float

    def is_about(self, number: float) -> bool:
        """Whether it may be that number, as it is or in per cent."""
        scales = (1.0, 100.0) if abs(number) <= 1.5 else (1.0,)
        return any(abs(self.value - s * number) <= self.slack + 2e-6 * abs(s * number) for s in scales)


@dataclass(frozen=True, slots=True)
class Report:
    """An evaluation pass: its quantities, the numbers printed after it, and the id of its first forward."""

    series: Sequence[Series]
    numbers: Sequence[Printed]
    first: int


def reports(trace: Trace, fewest_batches: int = 2) -> list[Report]:
    """Every evaluation pass, in order, with those of its quantities that were computed of so many batches."""
    lines = list(trace.notes("prints", "line"))
    trained = sorted(trace.trained_ids)
    found = []
    for forwards in trace.evaluation_passes:
        first, last = forwards[0]["id"], forwards[-1]["id"]
        until = next((i for i in trained if i > last), float("inf"))
        series = _series(trace, first, until)
        numbers = [n for line in lines if last <= line["after"] < until for n in _numbers(line)]
        found.append(Report([s for s in series if s.batches >= fewest_batches], numbers, first))
    return found


def _series(trace: Trace, first: float, until: float) -> list[Series]:
    """Losses and shares of right predictions: one series for each line and each iteration of a loader."""
    found: dict[tuple[str, int, int], Series] = {}
    iteration, fed = 0, False
    for event in trace.events:
        if event["t"] == "iter":
            iteration, fed = iteration + 1, True
        elif event["t"] == "step":
            fed = False
        elif (batch := _batch(event, first, until)) is not None:
            series = found.setdefault((event["t"], event["at"], iteration), Series(event["at"], fed))
            series.values.append(batch[0])
            series.weights.append(batch[1])
    return list(found.values())


def _batch(event: Event, first: float, until: float) -> tuple[float, int] | None:
    """The mean of a batch and the rows behind it, when the event tells of one between these forwards."""
    if event["t"] == "loss" and first < event["id"] < until and _scores(event, first):
        return event["value"], max(1, event["weight"])
    if event["t"] == "note" and event["by"] == "comparisons" and event["what"] == "compared":
        facts = event["facts"]
        if first <= facts["after"] < until and not facts["grad"] and not facts["pairs"]:
            return facts["right"] / facts["count"], facts["count"]
    return None


def _scores(loss: Event, first: float) -> bool:
    """Whether a loss was computed of an evaluation's output, and is known."""
    return not loss.get("grad") and loss.get("value") is not None and (loss.get("forward") or 0) >= first


def _numbers(line: Event) -> list[Printed]:
    found = []
    for position, text in enumerate(_NUMBER.findall(line["text"])):
        plain = text.rstrip("%")
        mantissa, _, exponent = plain.lower().partition("e")
        decimals = len(mantissa.partition(".")[2]) - int(exponent or 0)
        digits = len(mantissa.replace(".", "").lstrip("-0"))
        if digits >= 1:
            found.append(Printed(line, position, float(plain), 0.5001 * 10.0**-decimals))
    return found
