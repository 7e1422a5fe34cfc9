"""Two affine layers with nothing between them."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.experiments import WATCHER, noted
from torchdojo.probes.wording import counted

KIND = "missing-nonlinearity"
WATCHERS = (WATCHER,)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """No layer's output may go straight into another layer, unless the waist between them is narrow."""
    layers = sum(note["count"] for note in noted(trace, "layers"))
    places: dict[str, Finding] = {}
    for note in noted(trace, "stacked"):
        places.setdefault(f"{note['at']} {note['given']} {note['middle']}", _finding(trace, note))
    summary = f"Of {counted(layers, 'affine layer')} none goes straight into the next."
    return Observation(KIND, layers, summary, tuple(places.values()))


def _finding(trace: Trace, note: Event) -> Finding:
    layers = "convolutions" if note["kernel"] else "linear layers"
    message = (
        f"Two {layers}, {note['given']} to {note['middle']} and {note['middle']} to {note['made']}, follow each "
        "other without a nonlinearity: together they can do no more than one."
    )
    return Finding(KIND, Severity.BUG, Certainty.NUMERIC, message, trace.place(note))
