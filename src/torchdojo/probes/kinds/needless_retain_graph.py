"""Graphs kept for a second backward pass that never comes."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.graphs import WATCHER, goes_on
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "needless-retain-graph"
WATCHERS = (WATCHER,)

#: Passes of one line that have to be in vain, and their share.
ENOUGH, MOST = 5, 0.95


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """A graph that is kept has to be gone through again."""
    last_use: dict[int, int] = {}
    passes: list[tuple[int, Event]] = []
    for index, event in enumerate(trace.events):
        if event["t"] in ("backward", "gradient") and not event.get("failed"):
            for forward in event["forwards"]:
                last_use[forward] = index
            if event["t"] == "backward" and "retained" in event and event["forwards"]:
                passes.append((index, event))
    by_line: dict[int, list[tuple[int, Event]]] = {}
    for index, event in passes:
        if event["retained"]:
            by_line.setdefault(event["at"], []).append((index, event))
    findings = []
    for kept in [] if goes_on(trace) else by_line.values():
        vain = [event for index, event in kept if all(last_use[f] == index for f in event["forwards"])]
        if len(vain) >= ENOUGH and len(vain) >= MOST * len(kept):
            message = (
                f"{share(len(vain), len(kept))} backward passes at this line kept their graph, and nothing went "
                "through it again: its activations stay in memory until the next forward pass has run."
            )
            where = distinct_places(trace, vain)
            findings.append(Finding(KIND, Severity.PERFORMANCE, Certainty.EVENT, message, where))
    summary = (
        f"{counted(len(passes), 'backward pass', 'backward passes')}: each freed its graph, or another pass went "
        "through it again."
    )
    return Observation(KIND, len(passes), summary, tuple(findings))
