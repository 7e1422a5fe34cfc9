"""Averaged weights that are measured and were never averaged."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.wording import counted

KIND = "ema-never-updated"
WATCHERS = ("averages",)

#: A teacher answers in most steps, a model that is measured now and then does not.
SELDOM = 0.5
#: An average this near to the latest weights, in units of the last update, has hardly any memory.
NEAR = 0.1
ENOUGH = 2


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """A copy that is evaluated again and again must move with the model that trains, and not at once."""
    firsts = {note["model"]: note for note in trace.notes("averages", "first")}
    notes = list(trace.notes("averages", "weights"))
    findings = [*_copies(trace, firsts, notes, expected), *_swapped(trace, firsts, notes)]
    watched = [note for note in notes if "live" in note]
    summary = (
        f"In {counted(len(watched), 'evaluation')} of a second set of weights, these followed the model that trains."
    )
    # Each evaluation tells of all updates before it.
    occasions = watched[-1]["updates"] if len(watched) >= ENOUGH else len(watched)
    return Observation(KIND, occasions or len(findings), summary, tuple(findings[:1]))


def _copies(trace: Trace, firsts: dict[int, Event], notes: list[Event], expected: Expected) -> Iterator[Finding]:
    """Copies that stay what the trained model was at first, or are nearly what it is now."""
    trained = {e["model"] for e in trace.training_forwards}
    steps = max(1, len(trace.steps))
    for model in sorted({note["model"] for note in notes} - trained):
        mine = [note for note in notes if note["model"] == model and "live" in note and note["updates"]]
        if len(mine) < ENOUGH or len(mine) > SELDOM * steps:
            continue
        beginnings = [firsts[number]["values"] for number in trained if number in firsts]
        still = [n for n in mine if n["values"] in beginnings and n["apart"]]
        # A plain copy may be what somebody wants; where an average is known to be wanted it is none.
        averaged = expected != Expected()
        near = [n for n in mine if n.get("moved") and (averaged or n["apart"]) and n["apart"] < NEAR * n["moved"]]
        if len(still) == len(mine):
            message = (
                f"A copy of the model was evaluated {counted(len(mine), 'time')}, the last time after "
                f"{counted(mine[-1]['updates'], 'step')}, and its weights were still those with which training began."
            )
            yield _finding(trace, mine[-1], message)
        elif len(near) >= ENOUGH and len(near) == len([n for n in mine if n.get("moved")]):
            worst = max(n["apart"] / n["moved"] for n in near)
            message = (
                f"An averaged copy of the model was evaluated {counted(len(near), 'time')} and lay within {worst:.2g} "
                "of one update of the latest weights each time: it takes nearly all of them and keeps nearly nothing."
            )
            yield _finding(trace, near[-1], message)


def _swapped(trace: Trace, firsts: dict[int, Event], notes: list[Event]) -> Iterator[Finding]:
    """A model that is evaluated with the weights it began with, and trains on with others."""
    for model, first in firsts.items():
        mine = [note for note in notes if note["model"] == model]
        times = [now for now, later in pairwise(mine) if _gave_way(trace, first, now, later)]
        if first["updates"] == 0 and len(times) >= ENOUGH:
            message = (
                f"For {counted(len(times), 'evaluation')} the model got back the weights with which training began, "
                "and trained on with its own afterwards: the second set of weights was never updated."
            )
            yield _finding(trace, times[-1], message)


def _gave_way(trace: Trace, first: Event, now: Event, later: Event) -> bool:
    """Whether an evaluation ran with the first weights, and training went on with others without an update between."""
    if not now["updates"] or now["updates"] != later["updates"] or not _trains(trace, later):
        return False
    return bool(now["values"] == first["values"] and later["values"] != first["values"])


def _trains(trace: Trace, note: Event) -> bool:
    return note["forward"] in trace.trained_ids


def _finding(trace: Trace, note: Event, message: str) -> Finding:
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, trace.place(note))
