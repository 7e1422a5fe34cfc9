"""Predictions and targets of different shapes that broadcast inside an element-wise loss."""

from __future__ import annotations

import numpy as np

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.batches import one_sided
from torchdojo.probes.entry import takes_batch_as_one_row
from torchdojo.probes.expected import Expected
from torchdojo.probes.output_gradients import Array, follows_prediction_alone, samples
from torchdojo.probes.training import ENOUGH_STEPS, distinct_places, training_losses
from torchdojo.probes.wording import counted, shape, share

KIND = "target-shape-broadcast"

ELEMENTWISE = frozenset(
    {
        "mse_loss",
        "l1_loss",
        "smooth_l1_loss",
        "huber_loss",
        "binary_cross_entropy",
        "binary_cross_entropy_with_logits",
        "poisson_nll_loss",
    }
)
ENOUGH_SAMPLES = 3
#: A line that misses zero by no more than this share of its width goes through it.
THROUGH_ZERO = 1e-3


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Compare the shapes that meet in the loss, and see whether each row's gradient knows its own target."""
    losses = [e for e in trace.of("loss") if e["name"] in ELEMENTWISE and e.get("target_shape") is not None]
    apart = [e for e in losses if _broadcasts(e)]
    flat = _flat_forwards(trace)
    # With one target for a whole batch every gradient depends on its prediction alone.
    one_for_all = [e for e in losses if e.get("forward") is not None and one_sided(e)]
    # In a known task a table of pairs is no target for all: each row of it holds the targets of all rows.
    known = expected.training_rows is not None
    tables = {e["forward"] for e in one_for_all if known and _is_table(e)}
    flat |= {e["forward"] for e in one_for_all} - tables
    # Where such a loss is used at all, models trained by something else (those of a GAN) are no concern of this probe.
    meant = {e["forward"] for e in losses if e.get("forward") is not None}
    told_of = [each for each in samples(trace) if each[0] not in flat and (not losses or each[0] in meant)]
    if _without_targets(trace, [each for each in told_of if each[0] not in tables]):
        told_of = [each for each in told_of if each[0] in tables]
    votes = [follows_prediction_alone(v, g, one_way=number in tables) for number, v, g in told_of]
    told = [vote for vote in votes if vote is not None]
    pairwise = sum(told)
    findings = []
    if apart:
        first = apart[0]
        message = (
            f"Predictions {shape(first['shape'])} met targets {shape(first['target_shape'])} in "
            f"{share(len(apart), len(losses))} calls of {first['name']}: each prediction is compared with every target."
        )
        findings.append(_finding(Certainty.EVENT, message, distinct_places(trace, apart)))
    elif by_hand := _subtracted(trace):
        first = by_hand[0]
        message = (
            f"{shape(first['first'])} minus {shape(first['second'])} gave {first['first'][0] ** 2:,} differences for "
            f"{first['first'][0]} rows, {counted(len(by_hand), 'time')}: each prediction is compared with every target."
        )
        findings.append(_finding(Certainty.EVENT, message, distinct_places(trace, by_hand, most=1)))
    elif pairwise >= ENOUGH_SAMPLES and pairwise >= 0.8 * len(told):
        message = (
            f"In {share(pairwise, len(told))} sampled batches the gradient of a row depends on its prediction alone, "
            "not on its target: each prediction is compared with every target."
        )
        findings.append(_finding(Certainty.NUMERIC, message, _loss_place(trace)))
    training = [
        e for e in training_losses(trace, ELEMENTWISE) if not (e.get("forward") in flat and len(e["shape"]) == 1)
    ]
    if training:
        watched = len(training)
        calls = counted(len(training), "training loss", "training losses")
        summary = f"Predictions and targets had the same shape in {calls}."
    else:
        watched = ENOUGH_STEPS * len(told) if len(told) >= ENOUGH_SAMPLES else 0
        summary = (
            f"In {share(len(told) - pairwise, len(told))} sampled batches each row's gradient follows its own target."
        )
    return Observation(KIND, watched, summary, tuple(findings))


def _subtracted(trace: Trace) -> list[Event]:
    """Differences of a loss written by hand, where these are watched, between N predictions and N targets."""
    batches = {f["shape"][0] for f in trace.training_forwards if f.get("shape")}
    notes = [e for e in trace.notes("comparisons", "subtracted") if e["grad"] and e["first"][0] in batches]
    wrong = [e for e in notes if e["apart"] and not e["related"]]
    return wrong if len(wrong) >= max(ENOUGH_SAMPLES, 0.8 * len(notes)) else []


def _without_targets(trace: Trace, sampled: list[tuple[int, Array, Array]]) -> bool:
    """Whether the loss has no targets at all, or one for ever: a penalty on outputs, an energy, "real" and "fake".

    Then the same function makes the gradients of several batches from their predictions. Targets that are averaged
    over a batch change from batch to batch; over the same rows again and again they do not, but are no zero.
    """
    forwards = {f["id"]: f for f in trace.training_forwards}
    known = [(forwards[number], v, g) for number, v, g in sampled if number in forwards and v.shape[1] == 1]
    free = [each for each in known if _through_zero(each, known) or any(_same_function(each, other) for other in known)]
    return bool(known) and len(free) >= 0.8 * len(known)


Sampled = tuple[Event, Array, Array]


def _same_function(one: Sampled, other: Sampled) -> bool:
    """Whether two batches of different rows got their gradients by one function of the prediction."""
    alike = one[0]["model"] == other[0]["model"] and one[0].get("shape") == other[0].get("shape")
    if not alike or one[0].get("rows") == other[0].get("rows"):
        return False
    line, its_line = _line(one), _line(other)
    if line is not None and its_line is not None:
        # A squared error: its line says where it is zero.
        missed = np.polyval(line, other[1][:, 0]) - other[2][:, 0]
        return float(np.abs(missed).max()) < THROUGH_ZERO * float(np.ptp(other[2]))
    both = (np.concatenate([one[part], other[part]]) for part in (1, 2))
    return follows_prediction_alone(*both) is True


def _line(sampled: Sampled) -> Array | None:
    """Slope and offset of the gradients over the predictions, where these lie on a line."""
    _, values, gradients = sampled
    z, g = values[:, 0], gradients[:, 0]
    if not (np.isfinite(z).all() and np.isfinite(g).all()) or np.ptp(z) < 1e-6 or np.ptp(g) == 0.0:
        return None
    line = np.polyfit(z, g, 1)
    return line if float(np.abs(np.polyval(line, z) - g).max()) < 1e-4 * float(np.ptp(g)) else None


def _through_zero(one: Sampled, known: list[Sampled]) -> bool:
    """Whether a model that always sees the same rows has its outputs pulled to zero."""
    forward, line = one[0], _line(one)
    if any(f["model"] == forward["model"] and f.get("rows") != forward.get("rows") for f, _, _ in known):
        return False
    return line is not None and bool(abs(line[1]) < THROUGH_ZERO * abs(line[0]) * float(np.ptp(one[1])))


def _flat_forwards(trace: Trace) -> set[int]:
    """Forwards that took the batch as one row: a one-dimensional loss over them says nothing about the rows."""
    return {f["id"] for f in trace.training_forwards if takes_batch_as_one_row(f)}


def _is_table(loss: Event) -> bool:
    """Whether predictions and targets were both expanded to every pair of them."""
    given, wanted = list(loss["shape"]), list(loss["target_shape"])
    return given == wanted and len(given) == 2 and given[0] == given[1] > 1


def _broadcasts(loss: Event) -> bool:
    """Different shapes that still fit together, other than by leading or trailing ones alone."""
    given, wanted = list(loss["shape"]), list(loss["target_shape"])
    if given == wanted or not given or not wanted:
        return False
    size = _product(given)
    return _broadcast_size(given, wanted) > max(size, _product(wanted))


def _broadcast_size(a: list[int], b: list[int]) -> int:
    width = max(len(a), len(b))
    a, b = [1] * (width - len(a)) + a, [1] * (width - len(b)) + b
    return _product([max(m, n) for m, n in zip(a, b, strict=True)])


def _product(dims: list[int]) -> int:
    result = 1
    for n in dims:
        result *= n
    return result


def _loss_place(trace: Trace) -> str:
    return distinct_places(trace, [e for e in trace.of("loss", "backward") if e.get("at", -1) >= 0], most=1)


def _finding(certainty: Certainty, message: str, where: str) -> Finding:
    return Finding(KIND, Severity.BUG, certainty, message, where)
