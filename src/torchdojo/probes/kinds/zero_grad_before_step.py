"""Gradients cleared between the backward pass and the step."""

from __future__ import annotations

from torchdojo.domain.finding import Observation
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.findings import bug
from torchdojo.probes.training import distinct_places
from torchdojo.probes.updates import cleared_steps
from torchdojo.probes.wording import counted, share

KIND = "zero-grad-before-step"

#: So many updates by hand that change nothing are no warm-up.
MANY = 10

#: A stray step (a skipped update, a last odd batch) is no pattern.
TOLERATED_SHARE = 0.01


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """A step after a backward pass must find a gradient."""
    steps = [s for s in trace.steps if s.get("params")]
    thrown, _ = cleared_steps(trace)
    findings = []
    if len(thrown) > max(1.0, TOLERATED_SHARE * len(steps)):
        message = (
            f"{share(len(thrown), len(steps))} steps found every gradient cleared again: something cleared them after "
            "backward() and before step(), so nothing was learnt from these batches."
        )
        findings.append(bug(KIND, message, _where(trace, thrown)))
    elif still := _without_effect(steps):
        message = (
            f"Each of {counted(len(still), 'update')} by hand left the parameters exactly as they were, although the "
            "backward passes had given them gradients: these were cleared before the update could use them."
        )
        findings.append(bug(KIND, message, distinct_places(trace, still)))
    summary = f"In {counted(len(steps), 'step')} the gradients of the backward pass before were still there."
    return Observation(KIND, len(steps), summary, tuple(findings))


def _without_effect(steps: list[Event]) -> list[Event]:
    """Updates by hand, if all of them moved the parameters by zero times the gradients of the backward pass."""
    by_hand = [step for step in steps if step.get("opt") is None and step.get("lrs")]
    return by_hand if len(by_hand) >= MANY and all(step["lrs"] == [0.0] for step in by_hand) else []


def _where(trace: Trace, steps: list[Event]) -> str:
    """Where these optimizers' gradients are cleared, when torch's own method does it; otherwise the steps."""
    optimizers = {step.get("opt") for step in steps}
    clearings = [zero for zero in trace.of("zero") if zero.get("opt") in optimizers or "model" in zero]
    return distinct_places(trace, clearings) or distinct_places(trace, steps)
