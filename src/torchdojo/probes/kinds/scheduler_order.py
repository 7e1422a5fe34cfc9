"""A scheduler that is stepped too early, never, or for an optimizer that does nothing."""

from __future__ import annotations

from torchdojo.domain.finding import Finding, Observation
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.findings import bug
from torchdojo.probes.training import ENOUGH_STEPS
from torchdojo.probes.updates import noted_place, ran_through
from torchdojo.probes.wording import counted

KIND = "scheduler-order"
WATCHERS = ("schedules",)

#: Beyond this many calls per update the scheduler counts something else than updates.
CALLS_PER_UPDATE = 1.5


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """A scheduler moves the rates of an optimizer that steps, and only after it has stepped."""
    schedulers = [note for note in trace.notes("schedules", "scheduler") if not note["driven"]]
    findings = [finding for note in schedulers if (finding := _finding(trace, note)) is not None]
    calls = sum(note["calls"] for note in schedulers)
    summary = (
        f"{counted(len(schedulers), 'scheduler')}, stepped {counted(calls, 'time')}, each for an optimizer that had "
        "stepped before."
    )
    return Observation(KIND, calls or len(findings), summary, tuple(findings))


def _finding(trace: Trace, note: Event) -> Finding | None:
    line = noted_place(trace, note["line"])
    if note["calls"] == 0:
        if note["constant"] or note["siblings"] or note["updates"] < ENOUGH_STEPS or not ran_through(trace):
            return None
        if _lost_its_numbers(trace):
            return None
        message = (
            f"{note['cls']} was built but its step() was never called: the learning rate of the "
            f"{counted(note['updates'], 'update')} stayed where it was."
        )
        return bug(KIND, message, trace.place(note))
    if not note["updates"]:
        if note["calls"] < 2 or note["others"] < ENOUGH_STEPS or note["siblings"]:
            return None
        message = (
            f"{note['cls']} was stepped {counted(note['calls'], 'time')}, but the optimizer it was built for never "
            f"took a step; the {counted(note['others'], 'update')} of this run came from another optimizer."
        )
        return bug(KIND, message, trace.place(note))
    if note["early"] == 1 and note["late"] and note["calls"] < CALLS_PER_UPDATE * note["updates"]:
        message = (
            f"{note['cls']}.step() came before the first step of its optimizer, and at the same line "
            f"{counted(note['late'], 'time')} after that: the schedule runs one call ahead, and its first learning "
            "rate is never used."
        )
        return bug(KIND, message, line)
    return None


def _lost_its_numbers(trace: Trace) -> bool:
    """Whether the loss was finite once and no more in the end: a schedule may count healthy updates only."""
    values = [backward.get("value") for backward in trace.of("backward")]
    return bool(values) and values[0] is not None and values[-1] is None
