"""Gradients that are not finite, of a loss that is."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "infinite-gradient"
WATCHERS = ("infinities",)

CALLED = {
    "SqrtBackward0": "a square root",
    "PowBackward0": "a power below 1",
    "AcosBackward0": "an arc cosine",
    "AsinBackward0": "an arc sine",
}

#: From such a loss on, gradients overflow by their size alone.
HUGE = 1e12


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """The gradients that an update uses must be finite when the loss is."""
    values = [e.get("value") for e in trace.of("backward")]
    notes = list(trace.notes("infinities", "gradient"))
    if not any(s.get("opt") is not None for s in trace.steps) and None in values:
        notes = list(trace.notes("infinities", "gradient by hand"))
    known = [v for v in values if v is not None]
    findings = []
    if notes and (not known or max(abs(v) for v in known) < HUGE):
        findings.append(_finding(trace, notes[0]))
    summary = f"{counted(len(trace.steps), 'update')} used gradients that were finite wherever they were looked at."
    return Observation(KIND, len(trace.steps), summary, tuple(findings))


def _finding(trace: Trace, note: Event) -> Finding:
    number = share(note["parameters"], note["all"])
    message = f"The loss was finite, but the gradients of {number} parameters held NaN or infinity when they were used."
    if note["zeros"]:
        what = CALLED.get(note["node"], "an operation")
        message += f" {share(note['zeros'], note['values'])} values stood where {what} has no finite slope."
    where = distinct_places(trace, [note]) or distinct_places(trace, list(trace.of("backward")), most=1)
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, where)
