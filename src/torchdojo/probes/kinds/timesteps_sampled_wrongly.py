"""Timesteps of a diffusion that are never trained, or one for a whole batch."""

from __future__ import annotations

import math

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.wording import counted, share

KIND = "timesteps-sampled-wrongly"
WATCHERS = ("timesteps",)

#: How improbable it has to be that a step was missed by chance.
_CHANCE = 1e-4
_ENOUGH_BATCHES = 10


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Compare the steps drawn in training with the schedule, and with those that sampling asks for."""
    lengths = [note["length"] for note in trace.notes("timesteps", "schedule")]
    notes = list(trace.notes("timesteps", "steps"))
    trained = [note for note in notes if note["grad"]]
    sampled = {note["model"]: note for note in notes if not note["grad"]}
    if not lengths or not trained:
        return Observation(KIND, 0, "No schedule of a diffusion was seen.")
    length = lengths[-1]
    findings = []
    for note in trained:
        for message, severity in _wrong(note, sampled.get(note["model"]), length):
            findings.append(Finding(KIND, severity, Certainty.STATISTICAL, message, trace.place(note)))
    rows = sum(note["rows"] for note in trained)
    summary = (
        f"{counted(rows, 'timestep')} were drawn in training, from {min(n['least'] for n in trained)} to "
        f"{max(n['largest'] for n in trained)} of a schedule of {length}, another one for each row."
    )
    return Observation(KIND, rows, summary, tuple(findings))


def _wrong(note: Event, sampled: Event | None, length: int) -> list[tuple[str, Severity]]:
    found = []
    alone = note["several"] >= _ENOUGH_BATCHES and note["alone"] == note["several"]
    least, largest = note["least"], note["largest"]
    if alone and largest > least:
        message = (
            f"All rows of a batch had the same timestep, in {share(note['alone'], note['several'])} batches: each "
            "update sees one noise level only, and the gradient is that much noisier."
        )
        found.append((message, Severity.PERFORMANCE))
    drawn = note["calls"] if alone else note["rows"]
    # A schedule with a row for "no noise at all" in front is counted from 1.
    last = length if largest >= length else length - 1
    if largest < last and _improbable(drawn, last - largest, length):
        found.append((_never(f"{largest + 1} to {last}", note, length, drawn), Severity.BUG))
    if sampled is not None and sampled["least"] < least and _improbable(drawn, least - sampled["least"], length):
        found.append((_never(f"{sampled['least']} to {least - 1}", note, length, drawn), Severity.BUG))
    return found


def _improbable(drawn: int, missing: int, length: int) -> bool:
    return drawn * math.log1p(-min(missing, length - 1) / length) < math.log(_CHANCE)


def _never(steps: str, note: Event, length: int, drawn: int) -> str:
    first, _, last = steps.partition(" to ")
    named = f"Timestep {first}" if first == last else f"Timesteps {steps}"
    return (
        f"{named} of a schedule of {length} never came up in training: {drawn:,} were drawn, all from "
        f"{note['least']} to {note['largest']}. Sampling needs the model there."
    )
