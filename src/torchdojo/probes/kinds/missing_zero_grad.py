"""Gradients of earlier steps in later updates."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "missing-zero-grad"

#: A stray step (a last odd batch, a skipped update) is no pattern.
TOLERATED_SHARE = 0.01


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Each gradient may be used by one step only: count the steps that use it again."""
    steps = [s for s in trace.steps if s.get("params")]
    stale = [s for s in steps if s.get("stale", 0) > 0]
    empty = [s for s in steps if s.get("empty", 0) >= s["params"]]
    findings = []
    if len(stale) > TOLERATED_SHARE * len(steps):
        message = (
            f"{share(len(stale), len(steps))} steps used gradients that an earlier step had already used: "
            "backward() adds to what is there."
        )
        findings.append(_finding(message, trace, stale))
    # In a script of which more is known, clearing at the wrong moment is no mending; elsewhere it is a kind of its own.
    if expected != Expected() and len(empty) > max(1.0, TOLERATED_SHARE * len(steps)):
        message = f"{share(len(empty), len(steps))} steps found every gradient cleared again after backward()."
        findings.append(_finding(message, trace, empty))
    summary = f"In {counted(len(steps), 'step')} every gradient was used once: none was left from an earlier step."
    return Observation(KIND, len(steps), summary, tuple(findings))


def _finding(message: str, trace: Trace, steps: list[Event]) -> Finding:
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, distinct_places(trace, steps))
