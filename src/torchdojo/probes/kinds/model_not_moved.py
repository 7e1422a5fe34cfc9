"""Model and batches on different devices."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.placement import placements
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted

KIND = "model-not-moved"


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Compare the device of the first parameter with that of the batch, failed forwards included."""
    end = trace.end
    forwards = [f for f in placements(trace) if f.get("device") and f.get("pdevice")]
    apart = [f for f in forwards if f["device"] != f["pdevice"]]
    findings: tuple[Finding, ...] = ()
    if apart:
        first = apart[0]
        message = f"The batch was on {first['device']} and the model's parameters on {first['pdevice']}."
        findings = (Finding(KIND, Severity.BUG, Certainty.EVENT, message, distinct_places(trace, apart, most=1)),)
    watched = len(forwards) if end is not None and end.get("accelerator_ops") is not None else 0
    summary = f"Model and batch were on the same device in {counted(len(forwards), 'forward pass', 'forward passes')}."
    return Observation(KIND, watched, summary, findings)
