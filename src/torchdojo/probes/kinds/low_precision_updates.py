"""Weights in half precision whose updates are rounded away."""

from __future__ import annotations

from statistics import median

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted

KIND = "low-precision-updates"
WATCHERS = ("rounded_updates",)

#: Share of the elements with a gradient that an early update leaves as they were, at the median.
LOST = 0.6

ENOUGH_UPDATES = 5

#: Elements of a weight below which a share says nothing.
ENOUGH_ELEMENTS = 16


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """torch's optimizers round to the nearest number: an update below half of the spacing of numbers is lost."""
    # Other optimizers may round at random or keep a finer copy of the weights.
    notes = [
        n
        for n in trace.notes("rounded_updates", "update")
        if str(n["module"]).startswith("torch.optim.") and n["meant"] >= ENOUGH_ELEMENTS
    ]
    steps = [s for s in trace.steps if s.get("opt") is not None]
    findings = []
    lost = [1 - n["moved"] / n["meant"] for n in notes]
    if len(notes) >= ENOUGH_UPDATES and median(lost) > LOST:
        findings.append(_finding(trace, notes, median(lost), steps))
    kept = (
        f"{1 - median(lost):.0%} of the elements at the median" if lost else "the weights, which are in full precision"
    )
    summary = f"{counted(len(steps), 'update')} moved {kept}."
    return Observation(KIND, len(steps), summary, tuple(findings))


def _finding(trace: Trace, notes: list[Event], lost: float, steps: list[Event]) -> Finding:
    first = notes[0]
    rates = [max(s["lrs"]) for s in steps if s.get("lrs")]
    rate = f" at a learning rate of {max(rates):g}" if rates else ""
    message = (
        f"{lost:.0%} of a weight's elements with a gradient stayed exactly as they were in an update of "
        f"{first['optimizer']}{rate} (median of {counted(len(notes), 'update')} looked at): the weights are "
        f"{first['dtype']}, of about {first['size']:.2g}, and the update is smaller than what they can be changed by."
    )
    return Finding(KIND, Severity.BUG, Certainty.NUMERIC, message, distinct_places(trace, steps, most=1))
