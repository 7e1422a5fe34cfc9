"""Layers that are built anew in every forward pass."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import main_forwards
from torchdojo.probes.wording import counted, share

KIND = "layer-built-in-forward"
WATCHERS = ("births",)

#: A layer may be built in the first forward, when the size of its input is known.
ENOUGH_FORWARDS = 3


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """A layer with parameters must outlive the forward pass in which it is first used."""
    findings = tuple(
        _finding(trace, note)
        for note in trace.notes("births", "layers")
        if note["forwards"] >= ENOUGH_FORWARDS and not note["owned"]
    )
    forwards = main_forwards(trace)
    summary = f"No layer with parameters was built anew in {counted(len(forwards), 'training forward')}."
    return Observation(KIND, len(forwards), summary, findings)


def _finding(trace: Trace, note: Event) -> Finding:
    times = share(note["forwards"], note["looked"])
    if note["alike"]:
        severity = Severity.STYLE
        values = "always with the same values, so they are constants that never train"
    else:
        severity = Severity.BUG
        values = "with other random weights each time, which no optimizer ever held"
    message = (
        f"A new {note['cls']} with {counted(note['tensors'], 'parameter tensor')} was built inside {note['model']} in "
        f"{times} forward passes that were looked into, {values}."
    )
    return Finding(KIND, severity, Certainty.EVENT, message, trace.place(note))
