"""Graphs of finished steps that something still holds."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.graphs import FEW, WATCHER, longest_sum, reaching_back
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted

KIND = "loss-kept-with-graph"
WATCHERS = (WATCHER,)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Count, at every step, the training graphs that stay alive after their last use."""
    steps = [s for s in trace.steps if s.get("live") is not None]
    most = max((s["live"] for s in steps), default=0)
    findings: tuple[Finding, ...] = ()
    # In a script of which nothing more is known, a sum and a state that is never detached are kinds of their own.
    other = expected == Expected() and (longest_sum(trace)[0] > FEW or reaching_back(trace) > 0)
    # One forgotten variable may hold a whole update's graphs; what is kept for good grows step by step.
    grows = len({s["live"] for s in steps}) > FEW
    if most > FEW and grows and not other:
        losses = [e for e in trace.of("loss") if e.get("grad")]
        message = (
            f"Up to {counted(most, 'graph')} of finished steps were still alive at once: something keeps tensors "
            "that belong to them, such as losses in a list or a sum."
        )
        where = distinct_places(trace, losses, most=1) or distinct_places(trace, steps, most=1)
        findings = (Finding(KIND, Severity.BUG, Certainty.EVENT, message, where),)
    summary = f"Never more than {counted(most, 'graph')} of a finished step alive, over {counted(len(steps), 'step')}."
    return Observation(KIND, len(steps), summary, findings)
