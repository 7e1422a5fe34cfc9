"""A backward pass that goes on into the batches before."""

from __future__ import annotations

from torchdojo.domain.finding import Observation
from torchdojo.domain.trace import Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.findings import bug
from torchdojo.probes.graphs import WATCHER, reaching_back
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted

KIND = "state-not-detached"
WATCHERS = (WATCHER,)

#: What torch says when a graph is gone, and when the weights behind it have changed since.
_SAYINGS = ("backward through the graph a second time", "modified by an inplace operation")


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """A backward pass must not reach the graphs of earlier updates, at least not of more and more of them."""
    passes = [e for e in trace.of("backward") if not e.get("failed")]
    findings = []
    failed = [note for note in trace.notes(WATCHER, "second_time") if note["spans"]]
    message = str(trace.end.get("message") or "") if trace.end is not None else ""
    if failed and any(saying in message for saying in _SAYINGS):
        said = (
            f"A backward pass failed because it goes on into the graphs of {counted(failed[-1]['spans'], 'update')} "
            "before: a state (or another tensor) is carried over from batch to batch without detach()."
        )
        findings.append(bug(KIND, said, distinct_places(trace, failed)))
    elif spans := reaching_back(trace):
        reaching = [note for note in trace.notes(WATCHER, "reach") if note["spans"] == spans]
        said = (
            f"The backward pass goes back through more and more batches, in the end {counted(spans, 'update')}: a "
            "state is carried over without detach(), and retain_graph keeps all of it."
        )
        findings.append(bug(KIND, said, distinct_places(trace, reaching)))
    summary = f"{counted(len(passes), 'backward pass', 'backward passes')}, none into the graphs of earlier updates."
    return Observation(KIND, len(passes), summary, tuple(findings))
