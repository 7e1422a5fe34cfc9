"""Training that goes on in eval mode after an evaluation."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.modes import RootModes
from torchdojo.probes.training import distinct_places, main_forwards
from torchdojo.probes.wording import counted, share

KIND = "left-in-eval-mode"
WATCHERS = ("modes",)

#: A stray update in eval mode is no pattern.
TOLERATED_SHARE = 0.03
#: With less of the model's parameters in training than before, eval mode belongs to the frozen rest.
SAME_SHARE = 0.5


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """After an evaluation, the layers that depend on the mode must be back in train mode for the next update."""
    modes = RootModes(trace)
    training = main_forwards(trace)
    active, idle = _updates(trace, modes, training)
    findings: tuple[Finding, ...] = ()
    first = active[0]["id"] if active else -1
    later = [f for f in idle if f["id"] > first and f.get("params", 0) >= SAME_SHARE * _params(active)]
    if len(later) > max(1.0, TOLERATED_SHARE * (len(active) + len(idle))):
        severity = Severity.BUG if _evaluated_before(trace, later[0], scored=not active) else Severity.STYLE
        message = (
            f"{share(len(later), len(active) + len(idle))} updates came of batches for which the model was in eval "
            "mode: dropout was off and batch norm used its running statistics."
        )
        findings = (Finding(KIND, severity, Certainty.EVENT, message, distinct_places(trace, later)),)
    summary = f"The layers that depend on the mode were in train mode in {counted(len(active), 'update')}."
    return Observation(KIND, len(active) + len(idle), summary, findings)


def _updates(trace: Trace, modes: RootModes, training: list[Event]) -> tuple[list[Event], list[Event]]:
    """For each update with mode-dependent layers, its last training forward: with some active, and with none."""
    known = {forward["id"] for forward in training}
    active: list[Event] = []
    idle: list[Event] = []
    since: list[Event] = []
    for event in trace.events:
        if event["t"] == "forward" and event["id"] in known:
            since.append(event)
        elif event["t"] == "step" and since:
            if any(f.get("train_leaves", 0) for f in since):
                active.append(since[-1])
            elif since[-1].get("eval_leaves", 0) and all(modes.of(f) is False for f in since):
                idle.append(since[-1])
            since = []
    return active, idle


def _params(active: list[Event]) -> int:
    return max((f.get("params", 0) for f in active), default=0)


def _evaluated_before(trace: Trace, forward: Event, *, scored: bool) -> bool:
    """Whether the last switch to eval mode before this forward was followed by an evaluation, so was meant for that.

    With `scored` only forwards whose output met a loss count: a policy that acts in eval mode is no evaluation.
    """
    forwards: set[int] = set()
    met: set[int | None] = set()
    for event in trace.events:
        if event["t"] == "forward":
            if event["id"] == forward["id"]:
                break
            if event["id"] not in trace.trained_ids and not event.get("failed"):
                forwards.add(event["id"])
        elif event["t"] == "eval_mode":
            forwards, met = set(), set()
        elif event["t"] == "loss" and not event.get("grad"):
            met.add(event.get("forward"))
    return bool(forwards & met) if scored else bool(forwards)
