"""Steps so long that training cannot settle. Statistical: a grading confirms it by a paired run."""

from __future__ import annotations

import math
from statistics import median

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.learning_rates import optimizer_steps
from torchdojo.probes.training import ENOUGH_STEPS, distinct_places
from torchdojo.probes.wording import counted

KIND = "learning-rate-too-high"

#: Median relative size of an update that healthy runs stay far below once they are under way.
HUGE_UPDATE = 0.3
LARGE_UPDATE = 0.15

#: A first update so large, in sizes of the weights, that nothing is left of how they began.
ALL_OF_THEM = 2.0
#: A factor that only weights show which began at zero, as those of an adapter do.
FROM_ZERO = 1e6

#: How far the loss has to rise above its first value, and what part of that value it then never gets rid of: after a
#: first update that leaves nothing of the weights, and while all updates are large.
RISES = 3.0
KEEPS_AFTER_FIRST, KEEPS = 0.05, 0.6


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """A loss that turns to nan, that leaps up after huge updates, or that never falls while every update is large."""
    steps = optimizer_steps(trace)
    # A pass that starts from several numbers at once has no value of its own.
    values = [e.get("value") for e in trace.of("backward") if not e.get("failed") and e.get("dtype", "") is not None]
    finite = [v for v in values if v is not None and math.isfinite(v)]
    updates = [s["update"] for s in steps if s.get("update") is not None and math.isfinite(s["update"])]
    rates = [max(s["lrs"]) for s in steps if s.get("lrs")]
    findings: tuple[Finding, ...] = ()
    if len(values) >= ENOUGH_STEPS and len(finite) < 0.9 * len(values) and finite and not _met_a_zero(trace):
        message = f"The loss was finite for {counted(len(finite), 'step')} and not afterwards{_rate(rates)}."
        findings = (_finding(message, trace, steps),)
    elif len(finite) >= 2 * ENOUGH_STEPS and updates and median(updates) > HUGE_UPDATE and _stuck(finite):
        message = (
            f"An update changes the weights by {median(updates):.0%} of their size at the median, and the loss "
            f"does not fall{_rate(rates)}."
        )
        findings = (_finding(message, trace, steps),)
    elif len(finite) >= 2 * ENOUGH_STEPS and updates and (message := _blown_up(finite, updates)):
        findings = (_finding(f"{message}{_rate(rates)}.", trace, steps),)
    summary = f"{counted(len(steps), 'step')}{_rate(rates)}."
    if updates:
        summary = summary[:-1] + f", each changing the weights by {median(updates):.2%} at the median."
    return Observation(KIND, len(steps), summary, findings)


def _met_a_zero(trace: Trace) -> bool:
    """Whether something was seen that no number can stand: a logarithm of zero, the slope of a root at zero."""
    return any(note.get("zeros") for note in trace.notes("infinities"))


def _stuck(losses: list[float]) -> bool:
    quarter = len(losses) // 4
    return median(losses[-quarter:]) >= 0.95 * median(losses[:5])


def _blown_up(losses: list[float], updates: list[float]) -> str:
    """What happened, when the loss leapt up at first because of what an update did to the weights; else ""."""
    first, peak = losses[0], max(losses[: max(10, len(losses) // 4)])
    end = median(losses[-(len(losses) // 4) :])
    if first <= 0 or peak < RISES * first:
        return ""
    rose = f"the loss rose from {first:.4g} to {peak:.4g}, and was {end:.4g} at the end"
    if ALL_OF_THEM < updates[0] < FROM_ZERO and end > KEEPS_AFTER_FIRST * first:
        return f"The first update alone changed the weights by {updates[0]:.3g} times their size, {rose}"
    if median(updates) > LARGE_UPDATE and end > KEEPS * first:
        return f"An update changes the weights by {median(updates):.0%} of their size at the median, {rose}"
    return ""


def _rate(rates: list[float]) -> str:
    if not rates:
        return ""
    low, high = min(rates), max(rates)
    return f" at a learning rate of {high:g}" if low == high else f" at learning rates from {low:g} to {high:g}"


def _finding(message: str, trace: Trace, steps: list[Event]) -> Finding:
    return Finding(KIND, Severity.BUG, Certainty.STATISTICAL, message, distinct_places(trace, steps, most=1))
