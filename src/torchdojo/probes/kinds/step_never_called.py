"""Gradients that no step uses: none is taken, or it comes before the backward pass."""

from __future__ import annotations

from torchdojo.domain.finding import Finding, Observation
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.findings import bug
from torchdojo.probes.training import distinct_places
from torchdojo.probes.updates import cleared_steps, noted_place, ran_through
from torchdojo.probes.wording import counted, share

KIND = "step-never-called"
WATCHERS = ("gradient_use", "scaling")

#: Backward passes without any update that are no accumulation any more, and cleared ones that prove it.
MANY, CLEARED = 10, 5

TOLERATED_SHARE = 0.01


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Every optimizer whose parameters get gradients has to step, after the backward pass."""
    owners = [note for note in trace.notes("gradient_use", "optimizer") if note["filled"]]
    findings = _never(trace, owners)
    steps = [s for s in trace.steps if s.get("params")]
    _, early = cleared_steps(trace)
    if len(early) > max(1.0, TOLERATED_SHARE * len(steps)):
        message = (
            f"{share(len(early), len(steps))} steps came before the backward pass of their batch and found every "
            "gradient cleared: backward() has to run between the forward pass and step()."
        )
        findings.append(bug(KIND, message, distinct_places(trace, early)))
    passes = sum(owner["filled"] for owner in owners)
    summary = (
        f"{counted(passes, 'backward pass', 'backward passes')} filled gradients of "
        f"{counted(len(owners), 'optimizer')}, and each of these took its steps after them."
    )
    return Observation(KIND, passes, summary, tuple(findings))


def _never(trace: Trace, owners: list[Event]) -> list[Finding]:
    attempted = {note["opt"] for note in trace.notes("scaling", "step")}
    cleared: dict[int, int] = {}
    for note in trace.notes("gradient_use", "passes"):
        cleared[note["opt"]] = cleared.get(note["opt"], 0) + note["discarded"]
    findings = []
    for owner in owners:
        if owner["filled"] < MANY or owner["steps"] or owner["moved"] or owner["opt"] in attempted:
            continue
        if not ran_through(trace) and cleared.get(owner["opt"], 0) < CLEARED:
            continue
        message = (
            f"{counted(owner['filled'], 'backward pass', 'backward passes')} computed gradients for the parameters "
            f"that {owner['cls']} owns, but its step() was never called: not one of them has changed."
        )
        findings.append(bug(KIND, message, noted_place(trace, owner["backward"]) or trace.place(owner)))
    return findings
