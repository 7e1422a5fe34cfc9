"""Saved tensors that are written to behind autograd's back."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Observation
from torchdojo.domain.trace import Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.findings import bug
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, shape

KIND = "in-place-on-saved-data"
WATCHERS = ("saved_data",)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """What a forward saves for the backward pass has to be the same when it is used."""
    checks = [note for note in trace.notes("saved_data", "checked") if note["tensors"]]
    changed = [note for note in checks if note["changed"]]
    findings = []
    if changed:
        first = changed[0]
        when = "within the forward pass" if first["within"] else "between the forward and the backward pass"
        message = (
            f"{counted(first['changed'], 'tensor')} that autograd had saved for the backward pass (shape "
            f"{shape(first['shape'])}) had other values when it was needed: something wrote to it through .data or "
            f"NumPy {when}, which autograd cannot notice. The gradients are wrong."
        )
        findings.append(bug(KIND, message, distinct_places(trace, changed), Certainty.NUMERIC))
    total = sum(note["tensors"] for note in checks)
    summary = f"{counted(total, 'saved tensor')} in {counted(len(checks), 'look')}: all as they were when saved."
    return Observation(KIND, len(checks), summary, tuple(findings))
