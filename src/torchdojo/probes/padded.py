"""Rows run with their padding and without: what moves is judged alike for attention and for recurrent layers."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Trace
from torchdojo.probes.experiments import noted
from torchdojo.probes.wording import counted

#: Outputs that move by less than this share of their spread have not moved.
_STILL = 2e-3


def observe_padding(kind: str, trace: Trace, *, attention: bool, cause: str) -> Observation:
    """Whether padding moved the output of models with attention, or of recurrent ones without."""
    notes = [
        note
        for note in noted(trace, "padding")
        # An output per token of a network that also runs backwards starts in the padding: common, and another matter.
        if (note["attention"] if attention else note["recurrent"] and not note["attention"] and not note["each"])
    ]
    findings = [
        Finding(
            kind,
            Severity.BUG,
            Certainty.NUMERIC,
            f"A row of {note['length']} tokens, padded to {note['padded_to']}, gives another output than without its "
            f"padding: it moves by {note['share']:.0%} of what outputs differ by. So {cause}.",
            trace.place(note),
        )
        for note in notes
        if note["share"] > _STILL
    ]
    summary = (
        f"A padded row of {counted(len(notes), 'model')} was run without its padding: the output was the same, "
        f"to {max((note['share'] for note in notes), default=0.0):.1g} of the outputs' spread."
    )
    return Observation(kind, len(notes), summary, tuple(findings))
