"""Double precision where single would do, or where it makes the script fail."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "float64-data"

DOUBLE = "float64"


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Look at the dtype of what reaches the model and the loss, failed calls included."""
    forwards = list(trace.of("forward"))
    losses = list(trace.of("loss"))
    roots = [e for e in trace.of("backward") if e.get("dtype")]
    findings = []
    if inputs := [f for f in forwards if f.get("dtype") == DOUBLE]:
        crashed = sum(bool(f.get("failed")) for f in inputs)
        tail = f", {counted(crashed, 'of them failed', 'of them failed')}" if crashed else ""
        message = f"{share(len(inputs), len(forwards))} batches reached the model as float64{tail}."
        findings.append(_finding(message, trace, inputs, bug=crashed > 0))
    elif weights := [f for f in forwards if f.get("pdtype") == DOUBLE]:
        findings.append(_finding("The model's parameters are float64.", trace, weights, bug=False))
    if doubled := [e for e in losses if DOUBLE in (e.get("dtype"), e.get("target_dtype"))]:
        what = "targets" if doubled[0].get("target_dtype") == DOUBLE else "predictions"
        message = f"The {what} reached the loss as float64 in {share(len(doubled), len(losses))} calls."
        findings.append(_finding(message, trace, doubled, bug=False))
    elif summed := [e for e in roots if e["dtype"] == DOUBLE]:
        message = f"{share(len(summed), len(roots))} losses were computed in float64."
        findings.append(_finding(message, trace, summed, bug=False))
    trained = trace.training_forwards
    kinds = sorted({str(f.get("dtype")) for f in trained})
    summary = f"{counted(len(trained), 'training batch', 'training batches')} reached the model as {', '.join(kinds)}."
    return Observation(KIND, len(trained), summary, tuple(findings))


def _finding(message: str, trace: Trace, events: list[Event], *, bug: bool) -> Finding:
    severity = Severity.BUG if bug else Severity.PERFORMANCE
    return Finding(KIND, severity, Certainty.EVENT, message, distinct_places(trace, events, most=1))
