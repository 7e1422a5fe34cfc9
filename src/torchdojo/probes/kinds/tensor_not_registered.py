"""Masks, positions and class weights that stay behind when the model is moved."""

from __future__ import annotations

import re

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.placement import on_accelerator, placements
from torchdojo.probes.wording import counted

KIND = "tensor-not-registered"
WATCHERS = ("plain_tensors",)

#: What torch says when tensors of two devices meet.
_MIXED = re.compile(r"same device|should be the same|indices should be either on", re.IGNORECASE)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """With model and batch on an accelerator, nothing else that takes part may be on the CPU."""
    forwards = placements(trace)
    there = [f for f in forwards if on_accelerator(f)]
    moved = there if len(there) == len(forwards) else []
    findings: tuple[Finding, ...] = ()
    end = trace.end
    if moved and end is not None and end["how"] == "exception" and _MIXED.search(end.get("message") or ""):
        findings = (_stray(end, moved[0]),)
    elif not moved:
        findings = tuple(_remark(trace, note) for note in trace.notes("plain_tensors", "attributes"))
    passes = counted(len(moved), "forward pass", "forward passes")
    summary = f"With the model on an accelerator, nothing on the CPU met it in {passes}."
    return Observation(KIND, len(moved), summary, findings)


def _stray(end: Event, forward: Event) -> Finding:
    message = (
        f"Model and batch were on {forward['device']}, and something else that takes part was not: "
        f"{str(end['message'])[:160]}"
    )
    where = f"line {end['line']}" if end.get("line") else ""
    function = end.get("function")
    if where and function and function != "<module>":
        where = f"{where}, {function}"
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, where)


def _remark(trace: Trace, note: Event) -> Finding:
    message = (
        f"{note['model']} keeps {counted(note['tensors'], 'tensor')} as ordinary attributes "
        f"({', '.join(note['names'])}): they are not moved with the model and not saved, unless that is done by hand."
    )
    return Finding(KIND, Severity.STYLE, Certainty.EVENT, message, trace.place(note))
