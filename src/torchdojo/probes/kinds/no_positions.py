"""Attention without an idea of where a token stands."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.experiments import STILL, WATCHER, noted, occasions
from torchdojo.probes.wording import counted

KIND = "no-positions"
WATCHERS = (WATCHER,)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Exchange the places of tokens: a model of sequences has to notice."""
    notes = noted(trace, "order")
    findings = [_finding(trace, note) for note in notes if note["share"] < STILL]
    least = min((note["share"] for note in notes), default=0.0)
    summary = f"Tokens changed places in {counted(len(notes), 'model')}: the output moved, by {least:.1%} at least."
    return Observation(KIND, occasions(trace, notes), summary, tuple(findings))


def _finding(trace: Trace, note: Event) -> Finding:
    where = "before it " if note["kind"] == "next" else ""
    message = (
        f"The {note['tokens']} tokens {where}changed places, and the output moved by {note['share']:.0e} of what "
        "other tokens do to it: to this model a sequence is a bag of tokens. "
    )
    if note["needed"]:
        message += "The targets depend on the order."
        return Finding(KIND, Severity.BUG, Certainty.NUMERIC, message, trace.place(note))
    message += "That is right for sets, and only for them."
    return Finding(KIND, Severity.STYLE, Certainty.NUMERIC, message, trace.place(note))
