"""One tensor whose graph grows by a batch with every step."""

from __future__ import annotations

from torchdojo.domain.finding import Observation
from torchdojo.domain.trace import Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.findings import bug
from torchdojo.probes.graphs import FEW, WATCHER, longest_sum
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted

KIND = "running-loss-keeps-graph"
WATCHERS = (WATCHER,)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """No tensor that stays may hang together with the graphs of many finished updates."""
    steps = [s for s in trace.steps if s.get("live") is not None]
    spans, holder = longest_sum(trace)
    findings = []
    if spans > FEW:
        losses = [e for e in trace.of("loss") if e.get("grad")]
        message = (
            f"One tensor hangs together with the graphs of {counted(spans, 'finished update')}: a running sum or "
            "average of losses that still know how they were computed. It grows with every batch."
        ) + (f" It is {holder}." if holder else "")
        where = distinct_places(trace, losses, most=1) or distinct_places(trace, steps, most=1)
        findings.append(bug(KIND, message, where))
    summary = f"No tensor's graph reached back over more than {counted(max(spans, 1), 'finished update')}."
    return Observation(KIND, len(steps), summary, tuple(findings))
