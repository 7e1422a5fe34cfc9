"""A scheduler made for epochs and stepped per batch, or the other way round."""

from __future__ import annotations

from collections import Counter

from torchdojo.domain.finding import Certainty, Finding, Observation
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.findings import bug
from torchdojo.probes.training import ENOUGH_STEPS
from torchdojo.probes.updates import noted_place, ran_through
from torchdojo.probes.wording import counted, share

KIND = "scheduler-granularity"
WATCHERS = ("schedules",)

#: How far two counts may differ and still mean the same.
SAME = 0.1

#: Epochs and batches differ by at least this factor before they can be told apart.
APART = 3.0

#: With less than a ten-thousandth of the rate for half of the run, nothing is learnt there.
COLLAPSED_SHARE = 0.5


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """What a scheduler was made for has to be counted in the unit in which it is stepped."""
    schedulers = [
        note
        for note in trace.notes("schedules", "scheduler")
        if not note["driven"] and note["calls"] and (note["updates"] >= ENOUGH_STEPS or _is_beyond(trace, note))
    ]
    epochs = _epochs(trace)
    findings = [finding for note in schedulers if (finding := _finding(trace, note, epochs)) is not None]
    calls = sum(note["calls"] for note in schedulers)
    updates = sum(note["updates"] for note in schedulers)
    horizons = [note["horizon"] for note in schedulers if note["horizon"]]
    made_for = f", made for {counted(horizons[0], 'step')}" if horizons else ""
    summary = (
        f"{counted(len(schedulers), 'scheduler')}{made_for}: {counted(calls, 'call')} in {counted(updates, 'update')}, "
        "and the learning rate did not collapse."
    )
    # Stepped per epoch or per update: each update shows at which rate it was made.
    return Observation(KIND, max(calls, updates) if calls else 0, summary, tuple(findings))


def _finding(trace: Trace, note: Event, epochs: int | None) -> Finding | None:
    calls, updates, horizon = note["calls"], note["updates"], note["horizon"]
    per_update = abs(calls - updates) <= SAME * updates
    message = ""
    certainty = Certainty.EVENT
    if horizon and _is_beyond(trace, note):
        message = f"{note['cls']} was made for {counted(horizon, 'step')} and is called once more than that"
        message += ": it was stepped for every batch, or made for the number of epochs."
    elif horizon and not ran_through(trace):
        return None
    elif horizon and per_update and epochs and _alike(horizon, epochs) and calls >= APART * horizon:
        message = (
            f"{note['cls']} was made for {counted(horizon, 'step')}, which is the number of epochs, but it was stepped "
            f"with every update: {counted(calls, 'call')} in {counted(epochs, 'epoch')}."
        )
    elif horizon and _alike(horizon, updates) and APART * calls <= updates:
        message = (
            f"{note['cls']} was made for {counted(horizon, 'step')}, which is the number of updates, but it was "
            f"stepped only {counted(calls, 'time')}: the schedule ends after {share(calls, horizon)} of its steps."
        )
    elif horizon and _alike(horizon, updates) and calls >= 1.9 * updates:
        message = (
            f"{note['cls']} was made for {counted(horizon, 'step')}, which is the number of updates, but it was "
            f"stepped {counted(calls, 'time')}: with every micro-batch instead of every update."
        )
    elif per_update and note["milestones"] and _in_epochs(note, epochs):
        message = (
            f"{note['cls']} has its milestones at {note['milestones']}, numbers of epochs in a run of {epochs}, but "
            f"it was stepped with every update ({counted(calls, 'call')}): all of them passed in the first "
            f"{counted(note['milestones'][-1], 'update')}."
        )
    elif per_update and note["low"] >= COLLAPSED_SHARE:
        certainty = Certainty.NUMERIC
        message = (
            f"{note['cls']} was stepped with every update, and for {note['low']:.0%} of the "
            f"{counted(updates, 'update')} the learning rate was less than a ten-thousandth of its highest value."
        )
    return bug(KIND, message, noted_place(trace, note["line"]), certainty) if message else None


def _alike(one: int, other: int) -> bool:
    return abs(one - other) <= max(1.0, SAME * other)


def _is_beyond(trace: Trace, note: Event) -> bool:
    """Whether the run ended because a one-cycle schedule was called more often than it was made for."""
    end = trace.end
    failed = end is not None and end["how"] == "exception" and "Tried to step" in str(end.get("message"))
    return failed and note["cls"] == "OneCycleLR" and note["calls"] >= note["horizon"]


def _in_epochs(note: Event, epochs: int | None) -> bool:
    return epochs is not None and note["milestones"][-1] <= epochs and note["updates"] >= APART * epochs


def _epochs(trace: Trace) -> int | None:
    """How often the data were gone through: iterations of the loader that feeds training, or repeats of rows."""
    iterations: Counter[int] = Counter()
    latest = None
    for event in trace.events:
        if event["t"] in ("iter", "batch"):
            latest = event["loader"]
        elif event["t"] == "step" and latest is not None:
            iterations[latest] += 1
    if iterations:
        loader, _ = iterations.most_common(1)[0]
        return sum(1 for event in trace.of("iter") if event["loader"] == loader)
    if any("rows" not in forward for forward in trace.training_forwards):
        return None
    if len(trace.training_forwards) < len(trace.steps):
        return None  # A long run: most of its forwards are not recorded.
    rows = Counter(row for forward in trace.training_forwards for row in set(forward.get("rows", ())))
    return max(rows.values(), default=None)
