"""An optimizer built anew again and again, so that what it has gathered is lost."""

from __future__ import annotations

from math import inf

from torchdojo.domain.finding import Observation
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.findings import bug
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted

KIND = "optimizer-recreated"
WATCHERS = ("rebuilding",)

#: So many times at one line, and for at most so many passes over the same rows each.
TIMES, PASSES = 2, 1.5

#: Rows that the lives of two optimizers share when they go through the same data.
SHARED = 0.3

#: An optimizer that lives for so few updates gathers nothing, whatever the data are.
SHORT_LIFE, OFTEN = 5, 8


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """An optimizer with state lives as long as training on the same data goes on."""
    carried = {note["opt"] for note in trace.notes("rebuilding", "begun") if note["carried"]}
    again = [
        note
        for note in trace.notes("rebuilding", "again")
        if note["stateful"] and note["steps"] and not note["rewritten"] and note["opt"] not in carried
    ]
    rows = _rows(trace)
    # A later stage may begin anew with the same data, but not in a task that is known to have one stage for them.
    passes = PASSES if expected.training_rows is None else inf
    lost = [note for note in again if _same_data(rows, note, passes) or _is_short(note, again)]
    findings = []
    by_line: dict[int, list[Event]] = {}
    for note in lost:
        by_line.setdefault(note["at"], []).append(note)
    for notes in by_line.values():
        if len(notes) >= TIMES:
            steps = sum(note["steps"] for note in notes) / len(notes)
            message = (
                f"The optimizer was built anew {counted(len(notes), 'time')} at this line for the same parameters, "
                f"about every {counted(round(steps), 'update')}: its running averages start from zero each time."
            )
            findings.append(bug(KIND, message, distinct_places(trace, notes)))
    built = sum(1 for _ in trace.of("optimizer"))
    updates = sum(1 for step in trace.steps if step.get("opt") is not None)
    summary = f"{counted(built, 'optimizer')} built for {counted(updates, 'update')}, none in the midst of training."
    return Observation(KIND, updates if built else 0, summary, tuple(findings))


def _is_short(note: Event, again: list[Event]) -> bool:
    alike = [other for other in again if other["at"] == note["at"]]
    return note["steps"] <= SHORT_LIFE and len(alike) >= OFTEN


def _rows(trace: Trace) -> dict[int, list[int]]:
    """The rows that were trained on before each optimizer's updates."""
    found: dict[int, list[int]] = {}
    waiting: list[int] = []
    for event in trace.events:
        if event["t"] == "forward" and event["id"] in trace.trained_ids:
            waiting.extend(event.get("rows", ()))
        elif event["t"] == "step" and event.get("opt") is not None:
            found.setdefault(event["opt"], []).extend(waiting)
            waiting = []
    return found


def _same_data(rows: dict[int, list[int]], note: Event, passes: float) -> bool:
    """Whether it goes through the rows of the one before, which had not gone through them so many times."""
    before, after = rows.get(note["before"], []), set(rows.get(note["opt"], ()))
    if not before or not after:
        return False
    if len(before) > passes * len(set(before)):
        return False
    return len(after & set(before)) >= SHARED * len(after)
