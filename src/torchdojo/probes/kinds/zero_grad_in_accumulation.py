"""Gradients of micro-batches that are cleared before the update they were made for."""

from __future__ import annotations

from torchdojo.domain.finding import Finding, Observation
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.findings import bug
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "zero-grad-in-accumulation"
WATCHERS = ("gradient_use",)

#: Updates that have to show the same rhythm, its regularity, and the share of the work that is thrown away.
ENOUGH, REGULAR, THROWN = 3, 0.8, 0.3


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """What the passes of one line compute is used by an update, not cleared in a regular rhythm before it."""
    passes = list(trace.notes("gradient_use", "passes"))
    used = sum(note["used"] for note in passes)
    findings = tuple(_finding(trace, note) for note in passes if _is_rhythm(note))
    summary = f"The gradients of {counted(used, 'backward pass', 'backward passes')} were used by an update."
    return Observation(KIND, used, summary, findings)


def _is_rhythm(note: Event) -> bool:
    total = note["used"] + note["discarded"]
    regular = note["run"] >= 1 and note["regular"] >= REGULAR
    return bool(regular and note["used"] >= ENOUGH and note["discarded"] >= THROWN * total)


def _finding(trace: Trace, note: Event) -> Finding:
    total = note["used"] + note["discarded"]
    message = (
        f"Of {counted(total, 'backward pass', 'backward passes')} at this line {share(note['discarded'], total)} were "
        f"in vain: their gradients were cleared before any step, {note['run']} in a row before each one that was used."
    )
    clearings = [zero for zero in trace.of("zero") if zero.get("opt") == note["opt"] or "model" in zero]
    return bug(KIND, message, distinct_places(trace, clearings) or trace.place(note))
