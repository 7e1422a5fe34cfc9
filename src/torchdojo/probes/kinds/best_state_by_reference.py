"""A remembered state that went on training."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.wording import counted, share

KIND = "best-state-by-reference"
WATCHERS = ("checkpoints",)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """A state that is loaded or saved some updates after it was taken must have memory of its own."""
    loads = [note for note in trace.notes("checkpoints", "load") if note["memory"]]
    saves = list(trace.notes("checkpoints", "save"))
    bad_loads = [note for note in loads if note["age"] and note["aliased"] == note["memory"]]
    late_loads = [note for note in loads if note["late_age"] and note["late"] == note["memory"]]
    bad_saves = [note for note in saves if note["age"]]
    findings = [_loaded(trace, note) for note in bad_loads]
    findings = (
        findings or [_copied_late(trace, note) for note in late_loads] or [_saved(trace, note) for note in bad_saves]
    )
    kept = _after_training(trace)
    summary = f"In {counted(kept, 'load or save', 'loads and saves')} after training no state was one that trained on."
    return Observation(KIND, max(kept, len(findings)), summary, tuple(findings[:1]))


def _after_training(trace: Trace) -> int:
    """Loads and saves that no update follows: what is loaded then was chosen, not read to go on.

    The model's own tensors, taken after the last update, are the best state and the last one: they show nothing.
    """
    kept = 0
    for event in reversed(trace.events):
        if event["t"] == "step":
            break
        if event["t"] == "note" and event["by"] == "checkpoints" and event["what"] in ("load", "save"):
            facts = event["facts"]
            kept += event["what"] == "save" or not facts["memory"] or facts["aliased"] < facts["memory"]
    return kept


def _loaded(trace: Trace, note: Event) -> Finding:
    message = (
        f"{share(note['aliased'], note['memory'])} tensors loaded into {note['cls']} share memory with its own weights "
        f"and were taken {counted(note['age'], 'step')} before: they have trained on, and loading them changed nothing."
    )
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, trace.place(note))


def _copied_late(trace: Trace, note: Event) -> Finding:
    message = (
        f"{share(note['late'], note['memory'])} tensors loaded into {note['cls']} were copied just before, and what "
        f"was copied had been taken {counted(note['late_age'], 'step')} earlier: it had trained on until the copy."
    )
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, trace.place(note))


def _saved(trace: Trace, note: Event) -> Finding:
    message = (
        f"{counted(note['aliased'], 'tensor')} saved {counted(note['age'], 'step')} after they were taken share memory "
        "with the model that went on training: the file holds the latest weights."
    )
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, trace.place(note))
