"""A logarithm of zero, or a division by it, that makes the loss infinite or NaN."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "log-of-zero"
WATCHERS = ("infinities",)

CALLED = {
    "LogBackward0": "A logarithm",
    "Log2Backward0": "A logarithm",
    "Log10Backward0": "A logarithm",
    "DivBackward0": "A division",
    "ReciprocalBackward0": "A reciprocal",
    "RsqrtBackward0": "A reciprocal root",
}


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """No loss that backward begins at may be infinite or NaN because of a zero."""
    backwards = [e for e in trace.of("backward") if e.get("value") is not None]
    findings = []
    for note in trace.notes("infinities", "loss"):
        what = CALLED.get(note["node"], "An operation")
        zero = f"{share(note['zeros'], note['values'])} of its values were 0" if note["zeros"] else ""
        below = f"{share(note['negatives'], note['values'])} were below 0" if note["negatives"] else ""
        message = (
            f"{what} made the loss infinite or NaN after {counted(len(backwards), 'finite loss', 'finite losses')}: "
            f"{' and '.join(said for said in (zero, below) if said)}."
        )
        where = distinct_places(trace, [note])
        findings.append(Finding(KIND, Severity.BUG, Certainty.EVENT, message, where))
        break
    summary = f"{counted(len(backwards), 'backward pass', 'backward passes')} began at a finite loss."
    return Observation(KIND, len(backwards), summary, tuple(findings))
