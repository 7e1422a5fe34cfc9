"""Class labels that do not fit the scores: outside their range, or left out of the loss."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.entry import FLOATS
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "label-encoding"
WATCHERS = ("labels",)

LOSSES = frozenset({"cross_entropy", "nll_loss"})
#: So many labels have to be seen before a class that is not among them is worth a remark.
ENOUGH_LABELS = 300
#: A single batch of a single candidate is no habit.
ENOUGH_CALLS = 5
#: A class that is left out at so many places where no padding is, is more than a mark for a few odd tokens.
BESIDE = 0.05


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Compare the labels that reach a loss with the classes that the scores have."""
    calls = [e for e in trace.of("loss") if e["name"] in LOSSES and e.get("targets") and _labelled(e)]
    shared = [e for e in trace.of("loss") if e["name"] == "cross_entropy" and _distributed(e)]
    findings = [
        f
        for f in (
            _outside(trace, calls),
            _alone(trace, [*calls, *shared]),
            _ignored(trace, calls),
            _ignored_beside_padding(trace),
            _shifted(trace, calls),
        )
        if f
    ]
    labels = [label for e in calls for label in e["targets"]]
    summary = "No class labels reached a loss."
    if labels:
        kept = [label for label in labels if label >= 0]
        summary = (
            f"{counted(len(labels), 'label')} from {min(kept, default=0)} to {max(kept, default=0)} for "
            f"{_classes(calls[0])} classes, all in range and none left out of the loss."
        )
    elif shared:
        summary = f"{counted(len(shared), 'call')} of a loss got a share for each of {_classes(shared[0])} classes."
    return Observation(KIND, len(calls) + len(shared), summary, tuple(findings[:1]))


def _labelled(loss: Event) -> bool:
    """One class index per row of scores."""
    return (
        len(loss["target_shape"]) == 1
        and len(loss["shape"]) == 2
        and str(loss["target_dtype"]).startswith(("int", "uint"))
    )


def _distributed(loss: Event) -> bool:
    """A floating number per row and class."""
    return (
        len(loss["shape"]) == 2
        and list(loss["target_shape"]) == list(loss["shape"])
        and str(loss["target_dtype"]).startswith(FLOATS)
    )


def _classes(loss: Event) -> int:
    return int(loss["shape"][1])


def _outside(trace: Trace, calls: list[Event]) -> Finding | None:
    """A label beyond the last class, or below the first, that made the loss fail."""
    end = trace.end
    if end is None or end["how"] != "exception":
        return None
    for loss in reversed(calls):
        wrong = [t for t in loss["targets"] if t >= _classes(loss) or t < 0]
        if wrong and loss.get("value") is None:
            low, high = min(loss["targets"]), max(loss["targets"])
            message = (
                f"The labels go from {low} to {high}, but the scores have {_classes(loss)} classes, which are numbered "
                f"0 to {_classes(loss) - 1}: {share(len(wrong), len(loss['targets']))} labels of the batch name none."
            )
            return Finding(KIND, Severity.BUG, Certainty.EVENT, message, distinct_places(trace, [loss]))
    return None


def _alone(trace: Trace, calls: list[Event]) -> Finding | None:
    """Labels made to fit scores that have one class only."""
    alone = [e for e in calls if e.get("grad") and e.get("value") is not None and _classes(e) == 1]
    if len(alone) < ENOUGH_CALLS or 2 * len(alone) < len(calls):
        return None
    message = (
        f"The scores have a single class in {share(len(alone), len(calls))} calls: its probability is always 1 and the "
        "loss always 0. A score per class is needed."
    )
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, distinct_places(trace, alone))


def _ignored(trace: Trace, calls: list[Event]) -> Finding | None:
    """A class of a plain classification that `ignore_index` takes out of the loss."""
    rows = {
        f["id"]: (f.get("shape") or [0])[0] for f in trace.of("forward") if str(f.get("dtype", "")).startswith(FLOATS)
    }
    # Positions of sequences and images are more than the rows that went in, and where words go in words may come
    # out: there, one class may well be padding.
    plain = {e["id"] for e in calls if e.get("grad") and e["weight"] == rows.get(e.get("forward"))}
    notes = [e for e in trace.notes(WATCHERS[0], "ignored") if e["loss"] in plain]
    if not notes:
        return None
    first = notes[0]
    ignored, count = sum(e["ignored"] for e in notes), sum(e["count"] for e in notes)
    message = (
        f"The loss ignores class {first['index']}, one of the {first['classes']} classes: {share(ignored, count)} "
        "labels had no part in training."
    )
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, distinct_places(trace, notes))


def _ignored_beside_padding(trace: Trace) -> Finding | None:
    """A class that is left out where no padding is; where the classes are the ids themselves, that may be a mask."""
    notes = [e for e in trace.notes(WATCHERS[0], "ignored") if e["beside"] is not None and e["ids"] != e["classes"]]
    beside, count = sum(e["beside"] for e in notes), sum(e["count"] for e in notes)
    if len(notes) < ENOUGH_CALLS or beside < BESIDE * count:
        return None
    message = (
        f"The loss ignores class {notes[0]['index']}, and at {share(beside, count)} positions that is the class of "
        "tokens that are no padding: if it is a class like the others, the model never learns it."
    )
    return Finding(KIND, Severity.STYLE, Certainty.EVENT, message, distinct_places(trace, notes, most=1))


def _shifted(trace: Trace, calls: list[Event]) -> Finding | None:
    """Labels that begin at 1: harmless when there is a score for 0 as well, which may be reserved."""
    labels = [label for e in calls for label in e["targets"]]
    if len(labels) < ENOUGH_LABELS or min(labels) != 1 or max(labels) != _classes(calls[0]) - 1:
        return None
    message = f"Class 0 is among none of {len(labels):,} labels, which go from 1 to {max(labels)}: is it reserved?"
    return Finding(KIND, Severity.STYLE, Certainty.EVENT, message, distinct_places(trace, calls[:1]))
