"""Weights that begin all alike, or far too large."""

from __future__ import annotations

import math

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import main_forwards
from torchdojo.probes.wording import counted

KIND = "bad-initialisation"
WATCHERS = ("initial_weights",)

#: Zeros are given so many updates to come apart: gates, adapters and residual branches begin with them on purpose.
ENOUGH_STEPS = 5
#: Rows nearer than this, relative to their largest weight, are still one unit many times over.
APART = 1e-4
#: A first loss this many times what guessing costs, with a number of classes to guess among.
TIMES_GUESSING = 4.0


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """The units of a layer must differ after some updates, and weights must not blow the first loss up."""
    layers = list(trace.notes("initial_weights", "layer"))
    # Weights that a backward pass never reaches stay as they are for another reason.
    filled = any(step.get("opt") is not None for step in trace.steps)
    same = [n for n in layers if n["value"] is not None and _stays_alike(n) and (n["graded"] or not filled)]
    huge = [n for n in layers if n["value"] is None and not n["tied"]]
    findings = []
    if same:
        findings.append(_alike(trace, same))
    elif huge and (times := _first_loss(trace)) is not None and times >= TIMES_GUESSING:
        findings.append(_huge(trace, huge, times))
    forwards = main_forwards(trace)
    summary = f"The units of each layer differed, over {counted(len(forwards), 'training forward')}."
    return Observation(KIND, len(forwards), summary, tuple(findings))


def _stays_alike(note: Event) -> bool:
    """Equal rows that do not come apart; a constant other than zero is no habit of anybody, but for a last layer."""
    return bool(note["steps"] >= ENOUGH_STEPS and note["apart"] <= APART)


def _alike(trace: Trace, notes: list[Event]) -> Finding:
    first = notes[0]
    message = (
        f"All weights of {counted(len(notes), 'layer')} of {first['model']} began as one number ({first['name']!r}: "
        f"{first['value']:.3g}), and after {counted(first['steps'], 'step')} the {first['rows']} units of a layer are "
        "still the same unit."
    )
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, trace.place(first))


def _huge(trace: Trace, notes: list[Event], times: float) -> Finding:
    first = max(notes, key=lambda note: float(note["gain"]))
    message = (
        f"The weights of {first['name']!r} ({first['cls']}) in {first['model']} multiply the size of what they are "
        f"given by about {first['gain']:.0f}, and the first loss was {times:.0f} times what guessing costs."
    )
    return Finding(KIND, Severity.BUG, Certainty.STATISTICAL, message, trace.place(first))


def _first_loss(trace: Trace) -> float | None:
    """The first training loss over the logarithm of the number of classes; None for anything but a classification."""
    for loss in trace.of("loss"):
        if loss["name"] == "cross_entropy" and loss.get("grad") and loss.get("value") is not None:
            classes = loss["shape"][1] if len(loss["shape"]) > 1 else 0
            return float(loss["value"]) / math.log(classes) if classes > 1 else None
    return None
