"""Axes exchanged by a reshape, which leaves the values in their old order."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.experiments import WATCHER, noted, rows_are_samples, tried
from torchdojo.probes.wording import counted, shape

KIND = "view-instead-of-permute"
WATCHERS = (WATCHER,)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Look for reshapes that stand in for a transposition, and for rows of a batch that move one another."""
    models = tried(trace)
    findings = _mixed(trace) or _leaking(trace)
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
        for note in noted(trace, "rows")
        if note["moved"] and not note["symmetric"] and not note["sequence_first"]
        if rows_are_samples(trace, note["model"])
    ]


def _finding(certainty: Certainty, message: str, trace: Trace, note: Event) -> Finding:
    return Finding(KIND, Severity.BUG, certainty, message, trace.place(note))
