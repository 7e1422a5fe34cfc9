"""Training that is resumed with the weights alone."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted

KIND = "resume-loses-state"
WATCHERS = ("checkpoints",)

#: A learning rate this far from the stored one has jumped.
JUMP = 1.05


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """When training goes on from a checkpoint with the same optimizer, what the checkpoint holds of it is loaded."""
    went_on = sum(1 for _ in trace.notes("checkpoints", "went_on"))
    findings = tuple(
        finding for note in trace.notes("checkpoints", "resumed") if (finding := _finding(trace, note)) is not None
    )
    summary = f"Training went on from a checkpoint {counted(went_on, 'time')}: nothing that it needs was left behind."
    return Observation(KIND, went_on, summary, findings)


def _finding(trace: Trace, note: Event) -> Finding | None:
    if note["kind"] == "optimizer":
        if not (note["fresh"] and note["alike"] and note["entries"]):
            return None
        message = (
            f"Training went on from a checkpoint that holds the state of {counted(note['entries'], 'tensor')} of an "
            f"optimizer just like this {note['cls']}, whose state was empty at its first step."
        )
    else:
        if not note["alike"]:
            return None
        position, before = note["position"], note["stored_position"]
        rate, stored = note["rate"], note["stored"]
        if position is not None and before is not None and position < before:
            message = (
                f"The checkpoint holds a schedule that had made {counted(before, 'step')}, and nobody loaded it: "
                f"training went on with one that had made {counted(position, 'step')}."
            )
            return Finding(KIND, Severity.BUG, Certainty.EVENT, message, _where(trace, note))
        if not rate or not stored or max(rate, stored) < JUMP * min(rate, stored):
            return None
        message = (
            f"The checkpoint holds the state of a schedule that nobody loaded: the learning rate was {stored:.3g} when "
            f"it was saved and {rate:.3g} at the first step after it was loaded."
        )
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, _where(trace, note))


def _where(trace: Trace, note: Event) -> str:
    """The line that loaded the model, where the rest is to be loaded as well, and the first update after it."""
    return distinct_places(trace, [{**note, "at": note["loaded_at"]}, note])
