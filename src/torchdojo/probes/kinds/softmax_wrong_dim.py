"""A softmax along another axis than the one its result is used along."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.loss_calls import AFFINE, watched_losses
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, shape, share

KIND = "softmax-wrong-dim"
WATCHERS = ("softmax_axes", "loss_inputs")

CLASS_LOSSES = frozenset({"cross_entropy", "nll_loss"})

#: Sums that should be 1 may miss it by so much.
SLACK = 0.02

#: Calls of one line before its axis counts as a pattern.
ENOUGH_CALLS = 4

#: Nodes that hand the scores of a layer on.
_SCORING = (*AFFINE, "TanhBackward0", "DivBackward0", "MulBackward0")


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Compare each softmax's axis with the classes of the loss, the product it enters, and the samples of the batch."""
    calls = list(trace.notes("softmax_axes", "call"))
    attention = list(trace.notes("softmax_axes", "attention", "sound attention"))
    losses = list(trace.notes("softmax_axes", "classes"))
    findings: list[Finding] = []
    for look in (_in_the_loss, _in_attention, _of_outputs, _over_one_number, _over_samples, _of_gates):
        if not findings and (found := look(trace)):
            findings.append(found)
    if not findings and expected.training_rows is not None and (found := _of_targets(trace)):
        findings.append(found)
    times = sum(c["times"] for c in calls)
    watched = times if calls else len(attention) + len(losses)
    summary = (
        f"{counted(times, 'call')} of a softmax at {counted(len(calls), 'place')} ran along the axis that is used."
    )
    return Observation(KIND, watched, summary, tuple(findings))


def _of_targets(trace: Trace) -> Finding | None:
    """Probabilities to learn from that do not sum to 1 over the classes, where a task is known to have such."""
    calls = [
        (e, f)
        for e, f in watched_losses(trace, "kl_div")
        if not f["log_target"] and "target_sums" in f and f["target_low"] >= 0
    ]
    odd = [(e, f) for e, f in calls if not _is_one(f["target_sums"])]
    if not odd or len(odd) < 0.5 * len(calls):
        return None
    low, high = odd[0][1]["target_sums"]
    message = (
        f"kl_div got targets that are normalised over something else than the classes in {share(len(odd), len(calls))} "
        f"calls looked at: over the classes of a row they sum to {low:.2g} to {high:.2g}."
    )
    return _finding(Certainty.NUMERIC, message, distinct_places(trace, [e for e, _ in odd]))


def _in_the_loss(trace: Trace) -> Finding | None:
    """Log-probabilities whose exponentials sum to 1 over the batch, or over positions, instead of the classes."""
    noted = {facts["loss"]: facts for facts in trace.notes("softmax_axes", "classes")}
    calls = [(e, f) for e, f in watched_losses(trace, "nll_loss") if "powers" in f]
    over_rows = [(e, f) for e, f in calls if "columns" in f and _is_one(f["columns"]) and not _is_one(f["powers"])]
    if over_rows and len(over_rows) >= 0.5 * len(calls):
        low, high = over_rows[0][1]["powers"]
        message = (
            f"nll_loss got log-probabilities that are normalised over the batch in {share(len(over_rows), len(calls))} "
            f"calls looked at: over the classes of a row the probabilities sum to {low:.2f} to {high:.2f}."
        )
        places = [noted.get(e["id"], e) for e, _ in over_rows]
        return _finding(Certainty.NUMERIC, message, distinct_places(trace, places))
    wrong = [facts for facts in noted.values() if not _is_class_axis(facts)]
    if wrong:
        facts = wrong[0]
        message = (
            f"nll_loss got a log-softmax over axis {facts['dim']} of {shape(facts['shape'])}, whose classes are not "
            f"there: the loss's rows are {shape(facts['given'])}."
        )
        return _finding(Certainty.EVENT, message, distinct_places(trace, wrong))
    return None


def _is_one(ends: list[float]) -> bool:
    return ends[0] >= 1 - SLACK and ends[1] <= 1 + SLACK


def _is_class_axis(facts: Event) -> bool:
    made, given = facts["shape"], facts["given"]
    if made == given:
        return bool(facts["dim"] == 1)
    if len(given) == 2 and len(made) > 2 and made[-1] == given[1]:
        return bool(facts["dim"] == len(made) - 1)
    return True


def _in_attention(trace: Trace) -> Finding | None:
    wrong = list(trace.notes("softmax_axes", "attention"))
    if not wrong:
        return None
    first = wrong[0]
    message = (
        f"Attention weights {shape(first['shape'])} come from a softmax over axis {first['dim']}, but the product with "
        "the values sums over another axis: no query's weights sum to 1."
    )
    return _finding(Certainty.EVENT, message, distinct_places(trace, wrong))


def _of_outputs(trace: Trace) -> Finding | None:
    """Class scores of the model turned into probabilities over the batch, after the forward pass."""
    widths = {
        tuple(e["shape"])[1]
        for e in trace.of("loss")
        if e["name"] in CLASS_LOSSES and len(e["shape"]) == 2 and e["target_shape"] == e["shape"][:1]
    }
    for call in trace.notes("softmax_axes", "call"):
        rows, *rest = call["shape"]
        same = call["shape"] == call["output"] and len(rest) == 1 and rest[0] in widths and rows != rest[0]
        if same and not call["inside"] and call["dim"] == 0:
            message = (
                f"Probabilities were taken over axis 0 of scores {shape(call['shape'])}: over the {rows} rows of the "
                f"batch instead of the {rest[0]} classes, in {counted(call['times'], 'call')}."
            )
            return _finding(Certainty.EVENT, message, distinct_places(trace, [call]))
    return None


def _over_one_number(trace: Trace) -> Finding | None:
    """One score per position, each normalised by itself: every weight is 1."""
    for call in trace.notes("softmax_axes", "call"):
        dims = call["shape"]
        alone = len(dims) == 3 and dims[-1] == 1 and dims[1] > 1 and call["dim"] == 2
        if alone and call["inside"] and call["times"] >= ENOUGH_CALLS and call["maker"] in _SCORING:
            message = (
                f"A softmax over the last axis of {shape(dims)}, which has length 1, made every weight 1 in "
                f"{counted(call['times'], 'call')}."
            )
            return _finding(Certainty.EVENT, message, distinct_places(trace, [call]))
    return None


def _batch_sizes(trace: Trace) -> set[int]:
    """How many rows the targets of training have."""
    return {e["target_shape"][0] for e in trace.of("loss") if e.get("grad") and e["target_shape"]}


def _over_samples(trace: Trace) -> Finding | None:
    """Scores (N, T, ...) of N samples of length T, normalised over the samples."""
    sizes = _batch_sizes(trace)
    for call in trace.notes("softmax_axes", "call"):
        dims, given = call["shape"], call["given"]
        aligned = len(given) >= 2 and dims[:2] == given[:2] and dims[0] != dims[1] > 1 and dims[0] in sizes
        positions_only = len(dims) == 2 or (len(dims) == 3 and dims[2] == 1)
        if aligned and positions_only and call["inside"] and call["dim"] == 0 and call["times"] >= ENOUGH_CALLS:
            message = (
                f"A softmax over axis 0 of {shape(dims)} weighs the {dims[0]} samples of the batch against each other "
                f"in {counted(call['times'], 'call')}, not the {dims[1]} positions of a sample."
            )
            return _finding(Certainty.EVENT, message, distinct_places(trace, [call]))
    return None


def _of_gates(trace: Trace) -> Finding | None:
    """Scores (N, K) that a layer gives each of N samples, as one for each expert, normalised over the samples."""
    sizes = _batch_sizes(trace)
    calls = [call for call in trace.notes("softmax_axes", "call") if call["inside"] and len(call["shape"]) == 2]
    # Slots that are filled from all samples are weighed along both axes.
    along_both = {call["shape"][1] for call in calls if call["dim"] == 1}
    for call in calls:
        (rows, choices), given = call["shape"], call["given"]
        aligned = given[:1] == [rows] and rows in sizes and 1 < choices < rows and choices not in along_both
        if call["dim"] == 0 and aligned and call["times"] >= ENOUGH_CALLS and call["maker"] in AFFINE:
            message = (
                f"A softmax over axis 0 of {shape(call['shape'])} weighs the {rows} samples of the batch against each "
                f"other in {counted(call['times'], 'call')}, not the {choices} numbers of a sample."
            )
            return _finding(Certainty.EVENT, message, distinct_places(trace, [call]))
    return None


def _finding(certainty: Certainty, message: str, where: str) -> Finding:
    return Finding(KIND, Severity.BUG, certainty, message, where)
