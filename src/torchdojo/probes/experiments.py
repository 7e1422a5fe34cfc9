"""What the experiments with copies of the models say, and whether the rows of a batch are samples of their own."""

from __future__ import annotations

from itertools import pairwise

from torchdojo.domain.trace import Event, Trace

WATCHER = "experiments"

#: An output that moves by less than this share of what it should move by has not moved.
STILL = 1e-4

_FEWEST_REPEATED = 4


def tried(trace: Trace) -> int:
    """How many models were experimented with."""
    return len(list(trace.notes(WATCHER, "tried")))


def noted(trace: Trace, what: str) -> list[Event]:
    """The notes of one experiment."""
    return list(trace.notes(WATCHER, what))


def occasions(trace: Trace, notes: list[Event]) -> int:
    """How many training forwards the experiments of these notes stand for: what a copy does, the model does in all."""
    return max(len(trace.training_forwards), len(notes)) if notes else 0


def mixed_samples(trace: Trace) -> list[Event]:
    """The experiments in which exchanging one sample of a batch moved the outputs of others."""
    return [
        note
        for note in noted(trace, "rows")
        if note["moved"] and not note["symmetric"] and not note["sequence_first"]
        if rows_are_samples(trace, note["model"])
    ]


def rows_are_samples(trace: Trace, model: int) -> bool:
    """Whether axis 0 of a model's input holds samples: they come in ever different company, or from a loader."""
    forwards = [f for f in trace.training_forwards if f["model"] == model and f.get("shape")]
    following: dict[int, set[int]] = {}
    seen: dict[int, int] = {}
    for forward in forwards:
        rows = forward.get("rows", ())
        for row, after in pairwise(rows):
            following.setdefault(row, set()).add(after)
            seen[row] = seen.get(row, 0) + 1
    repeated = [row for row, times in seen.items() if times > 1]
    if len(repeated) >= _FEWEST_REPEATED:
        return sum(len(following[row]) > 1 for row in repeated) > 0.5 * len(repeated)
    sizes = {forward["shape"][0] for forward in forwards}
    collated = {e["loader"] for e in trace.of("iter") if e.get("rows") and "Sampler" in str(e.get("sampler"))}
    return any(e["loader"] in collated and e["shapes"] and e["shapes"][0][:1][0] in sizes for e in trace.of("batch"))
