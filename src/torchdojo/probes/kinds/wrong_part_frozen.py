"""Attempts to freeze that freeze nothing, or what should train."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import main_forwards
from torchdojo.probes.wording import counted

KIND = "wrong-part-frozen"
WATCHERS = ("freezing",)

ENOUGH_STEPS = 2


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """What is said to be frozen must not train, and new layers must, when layers that had been trained do."""
    attributes = [n for n in trace.notes("freezing", "attribute") if n["moved"] and n["steps"] >= ENOUGH_STEPS]
    fresh = [n for n in trace.notes("freezing", "fresh") if n["trained"]]
    idle = list(trace.notes("freezing", "idle"))
    findings = [_finding(trace, note, _attribute(note)) for note in attributes]
    findings += [_finding(trace, note, _fresh(note)) for note in fresh]
    findings += [_finding(trace, note, _idle(note)) for note in idle]
    forwards = main_forwards(trace)
    summary = f"No attempt to freeze went wrong, over {counted(len(forwards), 'training forward')}."
    return Observation(KIND, len(forwards), summary, tuple(findings))


def _attribute(note: Event) -> str:
    whose = "a parameter" if note["owner"] == "Parameter" else f"a module ({note['owner']})"
    return (
        f"The attribute {note['name']!r} of {whose} was set to False, which freezes nothing: "
        f"{counted(note['moved'], 'parameter tensor')} behind it changed in {counted(note['steps'], 'step')}."
    )


def _fresh(note: Event) -> str:
    return (
        f"{counted(note['layers'], 'layer')} of {note['model']} ({', '.join(note['classes'])}) with random weights, "
        f"never trained and never loaded, was frozen, while {counted(note['trained'], 'tensor')} that had been trained "
        "or loaded before did train."
    )


def _idle(note: Event) -> str:
    return f"{note['cls']} stepped although each of its {counted(note['tensors'], 'tensor')} was frozen."


def _finding(trace: Trace, note: Event, message: str) -> Finding:
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, trace.place(note))
