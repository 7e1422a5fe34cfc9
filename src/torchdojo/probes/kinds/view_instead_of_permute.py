"""Axes exchanged by a reshape, which leaves the values in their old order."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.experiments import WATCHER, mixed_samples, noted, tried
from torchdojo.probes.joins import WATCHER as JOINS
from torchdojo.probes.joins import joined_below
from torchdojo.probes.wording import counted, shape

KIND = "view-instead-of-permute"
WATCHERS = (WATCHER, JOINS)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Look for reshapes that stand in for a transposition, and for rows of a batch that move one another."""
    models = tried(trace)
    findings = _mixed(trace)
    # Of a script of which nothing more is known, a join along the wrong axis is a kind of its own.
    if not findings and (expected != Expected() or joined_below(trace) is None):
        findings = _leaking(trace)
    summary = (
        f"One operation after the other of {counted(models, 'model')} was looked at: no reshape exchanged axes. "
        f"{counted(sum(note['count'] for note in noted(trace, 'rows')), 'row')} kept apart."
    )
    return Observation(KIND, models, summary, tuple(findings))


def _mixed(trace: Trace) -> list[Finding]:
    findings: dict[str, Finding] = {}
    for note in noted(trace, "mixed"):
        message = (
            f"A tensor of shape {shape(note['before'])} was reshaped to {shape(note['after'])}, the shape that a "
            "transposition would give: a reshape keeps the values in their order and so mixes the axes."
        )
        findings.setdefault(trace.place(note), _finding(Certainty.EVENT, message, trace, note))
    return list(findings.values())


def _leaking(trace: Trace) -> list[Finding]:
    return [
        _finding(
            Certainty.NUMERIC,
            f"Exchanging one of {note['count']} samples of a batch, in eval mode, moved the outputs of "
            f"{counted(note['moved'], 'other sample')}: somewhere an axis of the batch is mixed with another.",
            trace,
            note,
        )
        for note in mixed_samples(trace)
    ]


def _finding(certainty: Certainty, message: str, trace: Trace, note: Event) -> Finding:
    return Finding(KIND, Severity.BUG, certainty, message, trace.place(note))
