"""One layer in several places of a container that should hold several."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import main_forwards
from torchdojo.probes.wording import counted

#: Who says so in a name shares layers on purpose.
_MEANT = ("share", "sharing", "tied", "tying", "albert", "universal", "recurrent", "recursive")

KIND = "shared-layer"
WATCHERS = ("sharing",)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """The items of one container must be layers of their own when they work one after the other, or side by side."""
    findings = tuple(_finding(trace, note) for note in trace.notes("sharing", "layer"))
    forwards = main_forwards(trace)
    summary = f"No container held one layer twice, over {counted(len(forwards), 'training forward')}."
    return Observation(KIND, len(forwards), summary, findings)


def _finding(trace: Trace, note: Event) -> Finding:
    what = "layers with the same parameters" if note["copies"] else "places with one and the same layer"
    if note["chained"]:
        use = "each works on what another made, with the same weights"
    elif note["repeated"]:
        use = "they are given the same tensor and can only answer the same"
    else:
        use = "they work on different tensors, which may be meant so"
    message = (
        f"A {note['container']} in {note['model']} has {note['places']} {what} ({note['cls']} {note['name']!r}): {use}."
    )
    named = f"{note['model']} {note['name']}".lower()
    meant = any(word in named for word in _MEANT)
    severity = Severity.BUG if (note["chained"] or note["repeated"]) and not meant else Severity.STYLE
    return Finding(KIND, severity, Certainty.EVENT, message, trace.place(note))
