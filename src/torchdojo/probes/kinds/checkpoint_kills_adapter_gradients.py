"""Checkpointed layers that are fed by frozen ones, and so get no gradients."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted

KIND = "checkpoint-kills-adapter-gradients"
WATCHERS = ("adapters",)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """A reentrant checkpoint hands gradients on only when one of its inputs asks for one."""
    notes = list(trace.notes("adapters", "checkpoint"))
    dead = [note for note in notes if note["reentrant"] and note["trainable"] and not note["fed"]]
    findings: tuple[Finding, ...] = ()
    # Evaluation with gradients left on harms nobody: there have to be updates.
    if dead and trace.steps:
        message = (
            f"A checkpointed part of the model has {counted(dead[0]['trainable'], 'trainable parameter')} and no "
            "input that requires a gradient: with use_reentrant=True their gradients are None, and they never move."
        )
        findings = (Finding(KIND, Severity.BUG, Certainty.EVENT, message, distinct_places(trace, dead)),)
    trainable = sum(note["trainable"] for note in notes)
    summary = (
        f"{counted(len(notes), 'checkpointed part')} with {counted(trainable, 'trainable parameter')}: gradients "
        "reached all of them."
    )
    return Observation(KIND, len([note for note in notes if note["trainable"]]), summary, findings)
