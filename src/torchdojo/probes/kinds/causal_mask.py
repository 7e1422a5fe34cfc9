"""A model that predicts the next token and can see it."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.experiments import WATCHER, noted, occasions
from torchdojo.probes.wording import counted, share

KIND = "causal-mask"
WATCHERS = (WATCHER,)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Where the target is the input one token later, an output must not move with later tokens."""
    # Axes that a reshape mixed up break causality, too; that is another bug.
    mixed = {note["model"] for note in noted(trace, "mixed")}
    notes = [note for note in noted(trace, "causality") if note["model"] not in mixed]
    findings = [_finding(trace, note) for note in notes if note["moved"]]
    looked_at = sum(note["looked_at"] for note in notes)
    summary = f"Later tokens were exchanged: none of {counted(looked_at, 'output')} before them moved."
    return Observation(KIND, occasions(trace, notes), summary, tuple(findings))


def _finding(trace: Trace, note: Event) -> Finding:
    seen = (
        "each output sees exactly the token it has to predict"
        if note["only_one_before"]
        else "the outputs see tokens that come after them"
    )
    message = (
        f"The target is the next token, and when the tokens from position {note['position']} on were exchanged, "
        f"{share(note['moved'], note['looked_at'])} outputs before it moved: {seen}."
    )
    return Finding(KIND, Severity.BUG, Certainty.NUMERIC, message, trace.place(note))
