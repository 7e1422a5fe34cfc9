"""A GradScaler whose calls do not fit together."""

from __future__ import annotations

from torchdojo.domain.finding import Finding, Observation
from torchdojo.domain.trace import Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.findings import bug
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "scaler-misuse"
WATCHERS = ("scaling",)

ENOUGH = 2


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Scale the loss, differentiate that, step through the scaler, update it once: each in its turn."""
    steps = list(trace.notes("scaling", "step"))
    direct = list(trace.notes("scaling", "direct"))
    findings = [f for f in (_direct(trace), _unscaled(trace), _not_updated(trace), _updated_twice(trace)) if f]
    summary = (
        f"{counted(len(steps), 'step')} through a GradScaler: each after a backward pass from a scaled loss, and the "
        "scaler updated after it."
    )
    return Observation(KIND, len(steps) + len(direct), summary, tuple(findings))


def _direct(trace: Trace) -> Finding | None:
    direct = list(trace.notes("scaling", "direct"))
    if len(direct) < ENOUGH:
        return None
    message = (
        f"{counted(len(direct), 'step')} of the optimizer itself used gradients that were still multiplied by the "
        f"scale, {direct[0]['scale']:,.0f}: scaler.step(optimizer) divides by it first."
    )
    return bug(KIND, message, distinct_places(trace, direct))


def _unscaled(trace: Trace) -> Finding | None:
    never = trace.end is not None and "_scale is None" in str(trace.end.get("message"))
    if never and (attempts := list(trace.notes("scaling", "step"))):
        message = "scaler.step was called, but no loss was ever scaled: backward() began at the loss itself."
        return bug(KIND, message, distinct_places(trace, attempts))
    steps = [s for s in trace.notes("scaling", "step") if s["passes"] and s["scale"] > 1]
    plain = [s for s in steps if not s["scaled"]]
    if len(plain) < ENOUGH or len(plain) <= 0.5 * len(steps):
        return None
    message = (
        f"{share(len(plain), len(steps))} calls of scaler.step came after a backward pass from a loss that was not "
        f"scaled: the gradients were divided by {plain[0]['scale']:,.0f} all the same."
    )
    return bug(KIND, message, distinct_places(trace, plain))


def _not_updated(trace: Trace) -> Finding | None:
    repeated = [s for s in trace.notes("scaling", "step") if s["repeat"] > 1]
    if not repeated:
        return None
    message = (
        f"scaler.step was called {counted(repeated[0]['repeat'], 'time')} for the same optimizer without "
        "scaler.update() in between: the scaler refuses, and its scale never adapts."
    )
    return bug(KIND, message, distinct_places(trace, repeated))


def _updated_twice(trace: Trace) -> Finding | None:
    idle = [u for u in trace.notes("scaling", "update") if not u["steps"]]
    if not idle or trace.end is None or "inf checks" not in str(trace.end.get("message")):
        return None
    message = "scaler.update() was called although no scaler.step() had come since the last time."
    return bug(KIND, message, distinct_places(trace, idle))
