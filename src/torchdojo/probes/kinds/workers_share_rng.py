"""The workers of a loader draw the same random numbers."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.wording import counted

KIND = "workers-share-rng"
WATCHERS = ("workers",)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Fetch a row in two workers' copies of the data set: when it is random, it has to differ."""
    notes = list(trace.notes(WATCHERS[0], "workers"))
    shared = [e for e in notes if e["random"] and e["shared"] and (e["workers"] > 1 or not e["persistent"])]
    findings = []
    if shared:
        first = shared[0]
        # One worker alone has nobody to share with, but begins each epoch with the same numbers.
        who = f"each of the {first['workers']} workers" if first["workers"] > 1 else "the worker, in each epoch anew,"
        message = (
            f"Row {first['index']} is random, yet {who} makes the same of it: the data set carries a generator of its "
            "own, and a worker begins with a copy of it."
        )
        findings.append(Finding(KIND, Severity.BUG, Certainty.NUMERIC, message, trace.place(first)))
    summary = f"{counted(len(notes), 'loader')} with workers and a generator of its own: no two workers draw alike."
    return Observation(KIND, len(notes), summary, tuple(findings))
