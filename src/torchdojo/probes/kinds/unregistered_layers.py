"""Layers that a model uses and does not know."""

from __future__ import annotations

from collections import Counter

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import main_forwards
from torchdojo.probes.wording import counted

KIND = "unregistered-layers"
WATCHERS = ("unregistered",)

#: After fewer updates between two looks nothing can be said about what is updated.
ENOUGH_STEPS = 2


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Every layer that works inside a model, in train mode, must be among its modules or be updated all the same."""
    findings = tuple(
        _finding(trace, note)
        for note in trace.notes("unregistered", "layers")
        if note["steps"] >= ENOUGH_STEPS and not note["moved"] and not note["owned"]
    )
    forwards = main_forwards(trace)
    summary = f"Every layer used in {counted(len(forwards), 'training forward')} belonged to the model."
    return Observation(KIND, len(forwards), summary, findings)


def _finding(trace: Trace, note: Event) -> Finding:
    classes: Counter[str] = Counter(note["modules"])
    named = ", ".join(name if number == 1 else f"{number} x {name}" for name, number in classes.items())
    message = (
        f"{counted(note['layers'], 'layer')} ({named}) worked inside {note['model']} without being among its modules: "
        f"{counted(note['tensors'], 'parameter tensor')} that no optimizer held and that did not change in "
        f"{counted(note['steps'], 'step')}."
    )
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, trace.place(note))
