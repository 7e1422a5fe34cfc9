"""Gradients of several micro-batches added up, not averaged."""

from __future__ import annotations

from collections import Counter

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "accumulation-not-scaled"
WATCHERS = ("accumulation", "gradient_use")

#: Updates that have to be made of the same number of micro-batches, and their share.
ENOUGH, REGULAR = 4, 0.7

#: Where this share of the gradients is cleared before an update, nothing is accumulated.
THROWN = 0.3

#: How close a ratio is to 1.
EXACT = 1e-3

#: Optimizers whose updates grow with the gradient.
SCALE_SENSITIVE = ("SGD", "ASGD", "manual")


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """When k mean losses are differentiated before each update, each has to be divided by k, or the gradients are."""
    passes = list(trace.notes("accumulation", "pass"))
    size, groups = _accumulated(passes)
    known = [note for group in groups for note in group if _tells(note)]
    findings = []
    unscaled = [note for note in known if _is_whole(note)]
    if known and len(unscaled) >= 0.9 * len(known) and not _scaled_otherwise(trace, size):
        findings.append(_finding(trace, size, unscaled, known, parts=_are_parts(groups)))
    summary = (
        f"{counted(len(groups), 'update')} of {size} backward passes each: every loss was divided before its backward "
        "pass, or the gradients afterwards."
    )
    return Observation(KIND, 0 if _are_thrown_away(trace) else len(known), summary, tuple(findings))


def _are_thrown_away(trace: Trace) -> bool:
    passes = list(trace.notes("gradient_use", "passes"))
    discarded = sum(note["discarded"] for note in passes)
    return bool(discarded >= THROWN * (discarded + sum(note["used"] for note in passes)) > 0)


def _tells(note: Event) -> bool:
    """Whether it can be said if this loss was divided. A sum that was not may be what is wanted."""
    return note["ratio"] is not None and (note["mean"] or not _is_whole(note))


def _is_whole(note: Event) -> bool:
    return bool(abs(note["ratio"] - 1) < EXACT)


def _accumulated(passes: list[Event]) -> tuple[int, list[list[Event]]]:
    """How many passes over different forwards, from one line, make up an update as a rule; and these updates."""
    by_update: dict[tuple[int, int], list[Event]] = {}
    for note in passes:
        by_update.setdefault((note["update"], note["at"]), []).append(note)
    groups = [group for group in by_update.values() if _adds_up(group)]
    sizes = Counter(len(group) for group in groups)
    if not sizes:
        return 0, []
    size, count = sizes.most_common(1)[0]
    if size < 2 or count < max(ENOUGH, REGULAR * len(by_update)):
        return 0, []
    return size, [group for group in groups if len(group) == size]


def _adds_up(group: list[Event]) -> bool:
    """Whether each pass was over a forward of its own, and added to the gradients of those before it."""
    return len({note["forward"] for note in group}) == len(group) and not any(note["fresh"] for note in group[1:])


def _scaled_otherwise(trace: Trace, size: int) -> bool:
    """Whether the gradients were divided by hand, or the learning rate was: it is then no round number, times k is."""
    if any(True for _ in trace.notes("accumulation", "touched")):
        return True
    rates = [rate for step in trace.steps[:1] for rate in step.get("lrs", ())]
    return bool(rates) and _digits(rates[0] * size) < _digits(rates[0])


def _are_parts(groups: list[list[Event]]) -> bool:
    """Whether the passes of an update work on parts of one batch or on batches of one loader, not on several tasks."""
    from_loader = [group for group in groups if all(n["batches"] == 1 for n in group) and group[0]["loaders"] == 1]
    cut_up = [group for group in groups if len({n["base"] for n in group}) == 1]
    return max(len(from_loader), len(cut_up)) >= REGULAR * len(groups)


def _digits(rate: float) -> int:
    """How many digits it takes to write a learning rate."""
    return len(f"{rate:.6e}".partition("e")[0].rstrip("0").replace(".", "").rstrip("0"))


def _finding(trace: Trace, size: int, unscaled: list[Event], known: list[Event], *, parts: bool) -> Finding:
    sensitive = any(step.get("cls") in SCALE_SENSITIVE for step in trace.steps)
    severity = Severity.BUG if sensitive and parts else Severity.STYLE
    message = (
        f"Each update adds up the gradients of {size} backward passes, and in {share(len(unscaled), len(known))} of "
        f"them the mean loss was differentiated as it is: the gradient is {size} times that of the whole batch."
    )
    return Finding(KIND, severity, Certainty.NUMERIC, message, distinct_places(trace, unscaled))
