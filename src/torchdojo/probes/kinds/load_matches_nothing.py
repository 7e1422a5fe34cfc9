"""Weights that are loaded and do not arrive."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.wording import counted, share

KIND = "load-matches-nothing"
WATCHERS = ("checkpoints",)

#: So large a share of what is missing was given under another prefix.
MOST = 0.5


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Of what a module is given to load, something has to fit its names."""
    loads = [note for note in trace.notes("checkpoints", "load") if note["keys"] and note["wanted"]]
    lost = [note for note in loads if _lost(note)]
    findings = tuple(_finding(trace, note) for note in lost)
    matched = min((note["matched"] / note["wanted"] for note in loads), default=1.0)
    summary = f"In {counted(len(loads), 'load')} of weights at least {matched:.0%} of the entries fitted."
    return Observation(KIND, len(loads), summary, findings)


def _lost(note: Event) -> bool:
    missing = note["wanted"] - note["matched"]
    return not note["matched"] or bool(
        missing and note["renamed"] > MOST * missing and note["renamed"] > note["matched"]
    )


def _finding(trace: Trace, note: Event) -> Finding:
    message = (
        f"{share(note['matched'], note['wanted'])} entries of {note['cls']} were among the {note['keys']:,} that were "
        "loaded; the rest kept its random values."
    )
    if note["example"]:
        message += f" The names differ by a prefix: {note['example']}."
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, trace.place(note))
