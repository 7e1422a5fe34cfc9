"""Rows of a data set that an evaluation, or all of training, never sees."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.passes import WATCHER, training_passes
from torchdojo.probes.wording import counted, share

KIND = "samples-dropped"
WATCHERS = (WATCHER,)

#: A smaller share of the rows changes no metric that anybody looks at.
LEAST_MISSING = 0.005


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Count the rows that whole passes draw against those the data set has."""
    passes = [e for e in trace.notes(WATCHER, "pass") if e["rows"] and not e["replacement"]]
    # A loader that trains may drop rows, and may be asked for a report on training rows as it is.
    training = {e["loader"] for e, _ in training_passes(trace)}
    evaluating = [e for e in passes if e["loader"] not in training and _evaluates(trace, e)]
    findings = [f for f in (_nothing(trace, passes), _evaluation(trace, evaluating), _training(trace, passes)) if f]
    whole = [e for e in evaluating if e["finished"]]
    summary = (
        f"{counted(len(whole), 'evaluation pass', 'evaluation passes')} by a loader drew every row of the data set; "
        f"{counted(len(passes), 'pass', 'passes')} in all had batches."
    )
    return Observation(KIND, len(passes), summary, tuple(findings[:1]))


def _evaluates(trace: Trace, event: Event) -> bool:
    """Whether a model that trains ran in this pass, and was not trained."""
    return any(event["after"] < f["id"] <= event["until"] for found in trace.evaluation_passes for f in found)


def _nothing(trace: Trace, passes: list[Event]) -> Finding | None:
    """Whole passes without a batch."""
    empty = [e for e in passes if e["finished"] and e["batches"] == 0]
    if not empty:
        return None
    first = empty[0]
    why = f"drop_last leaves out the only batch of fewer than {first['batch_size']}" if first["drop_last"] else ""
    message = f"{counted(len(empty), 'pass', 'passes')} over {first['rows']:,} rows handed out no batch at all"
    message += f": {why}." if why else "."
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, trace.place(first))


def _evaluation(trace: Trace, passes: list[Event]) -> Finding | None:
    """Evaluation that leaves out the last rows each time, by the loader's doing or the sampler's."""
    short = [e for e in passes if e["finished"] and (missing := _missing(e)) and missing > LEAST_MISSING * e["rows"]]
    # A sampler that chooses its rows (a subset, a class) has a reason, unless it is the loader that drops the rest.
    dropped = [e for e in short if e["drop_last"]]
    if not dropped:
        return None
    first = dropped[0]
    message = (
        f"{share(len(dropped), len(passes))} evaluation passes left out {share(_missing(first), first['rows'])} rows: "
        f"drop_last throws away the last, smaller batch."
    )
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, trace.place(first))


def _training(trace: Trace, passes: list[Event]) -> Finding | None:
    """Rows that no epoch ever drew, though drop_last drops others each time: the order never changes."""
    found = [e for e, _ in training_passes(trace) if e["finished"] and e["drop_last"] and e["ascending"]]
    constant = [e for e in found if _missing(e) >= 0.1 * e["rows"]]
    if len(constant) < 2 or len({e["order"] for e in constant}) > 1:
        return None
    first = constant[0]
    message = (
        f"{share(_missing(first), first['rows'])} rows were never trained on: every epoch has the same order, and "
        "drop_last throws away its end."
    )
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, trace.place(first))


def _missing(event: Event) -> int:
    """Rows of the data set that no batch of the pass had."""
    if event["distinct"] is None:
        return int(max(0, event["rows"] - event["drawn"]))
    return int(max(0, event["rows"] - event["distinct"]))
