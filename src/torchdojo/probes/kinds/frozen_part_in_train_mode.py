"""Frozen layers whose running statistics go on moving."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.wording import counted

KIND = "frozen-part-in-train-mode"
WATCHERS = ("freezing",)

#: Statistics that are gathered without any training have been asked for.
ENOUGH_STEPS = 3
#: A shift of the running means below this, in standard deviations, changes next to nothing.
DRIFT = 0.03


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """The running statistics of a batch norm whose parameters are frozen must stay as they are during training."""
    notes = [note for note in trace.notes("freezing", "statistics") if note["steps"] >= ENOUGH_STEPS]
    findings = tuple(_finding(trace, note) for note in notes)
    summary = f"No frozen batch norm worked in train mode, over {counted(len(trace.steps), 'step')}."
    return Observation(KIND, len(trace.steps) if trace.training_forwards else 0, summary, findings)


def _finding(trace: Trace, note: Event) -> Finding:
    severity = Severity.BUG if note["drift"] >= DRIFT else Severity.STYLE
    message = (
        f"{counted(note['layers'], 'batch norm')} of {note['model']} (the first is {note['name']!r}) had frozen "
        f"parameters and worked in train mode: in {counted(note['steps'], 'step')} the running means moved by "
        f"{note['drift']:.2g} standard deviations on average."
    )
    return Finding(KIND, severity, Certainty.EVENT, message, trace.place(note))
