"""Graphs of finished steps that something still holds."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted

KIND = "loss-kept-with-graph"

#: A GAN or a script that keeps the last loss for printing holds a few; growth goes beyond any such number.
FEW = 4


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Count, at every step, the training graphs that stay alive after their last use."""
    steps = [s for s in trace.steps if s.get("live") is not None]
    most = max((s["live"] for s in steps), default=0)
    findings: tuple[Finding, ...] = ()
    if most > FEW:
        losses = [e for e in trace.of("loss") if e.get("grad")]
        message = (
            f"Up to {counted(most, 'graph')} of finished steps were still alive at once: something keeps tensors "
            "that belong to them, such as losses in a list or a sum."
        )
        where = distinct_places(trace, losses, most=1) or distinct_places(trace, steps, most=1)
        findings = (Finding(KIND, Severity.BUG, Certainty.EVENT, message, where),)
    summary = f"Never more than {counted(most, 'graph')} of a finished step alive, over {counted(len(steps), 'step')}."
    return Observation(KIND, len(steps), summary, findings)
