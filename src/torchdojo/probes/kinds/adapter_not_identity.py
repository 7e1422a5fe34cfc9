"""Adapters that change the model before they have learned anything, or can never learn."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.wording import counted

KIND = "adapter-not-identity"
WATCHERS = ("adapters",)

_STILL = 1e-6


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Before its first update an adapter must add nothing, and exactly one of its factors must be zero."""
    fresh = [note for note in trace.notes("adapters", "adapter") if not note["loaded"] and not note["principal"]]
    disturbing = [note for note in fresh if _disturbs(note)]
    dead = [note for note in fresh if note["zero"]]
    findings = []
    if disturbing:
        first = disturbing[0]
        message = (
            f"{counted(len(disturbing), 'adapter')} of rank {first['rank']} ({first['cls']}) changed the model before "
            f"the first update: the product of its factors has {first['ratio']:.0%} of the frozen weight's norm, and "
            "should be zero."
        )
        findings.append(_finding(trace, first, message))
    if dead:
        message = (
            f"Both factors of {counted(len(dead), 'adapter')} ({dead[0]['cls']}) are zero: the gradient of each is a "
            "multiple of the other, so they stay zero."
        )
        findings.append(_finding(trace, dead[0], message))
    summary = f"{counted(len(fresh), 'adapter')} added nothing before the first update, and could learn."
    return Observation(KIND, len(fresh), summary, tuple(findings))


def _disturbs(note: Event) -> bool:
    if note["ratio"] <= _STILL:
        return False
    return note["moves"] is None or bool(note["moves"] > _STILL)


def _finding(trace: Trace, note: Event, message: str) -> Finding:
    return Finding(KIND, Severity.BUG, Certainty.NUMERIC, message, trace.place(note))
