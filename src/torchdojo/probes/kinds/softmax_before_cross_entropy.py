"""Softmax in front of cross-entropy: probabilities where the loss wants scores."""

from __future__ import annotations

from collections import Counter

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.output_gradients import Formula, classify, samples
from torchdojo.probes.training import ENOUGH_STEPS, distinct_places, training_losses
from torchdojo.probes.wording import counted, share

KIND = "softmax-before-cross-entropy"

LOSSES = frozenset({"cross_entropy", "nll_loss"})
SQUASHERS = {"SoftmaxBackward0": "a softmax", "SigmoidBackward0": "a sigmoid", "ExpBackward0": "an exponential"}

#: Probabilities look like probabilities in (nearly) every call; other rows may do so now and then.
ALIKE_SHARE = 0.9

#: So many sampled batches have to agree before a gradient speaks for a loss nobody saw.
ENOUGH_SAMPLES = 3


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Look at what enters the loss, and at the gradient that comes back to the last affine layer."""
    losses = [e for e in trace.of("loss") if e["name"] in LOSSES]
    if any(map(_have_changed_places, losses)):
        # Without gradients nothing tells which calls are like those.
        losses = [e for e in losses if e.get("grad") and not _have_changed_places(e)]
    training = [e for e in training_losses(trace, LOSSES) if not _have_changed_places(e)]
    formulas = _formulas(trace)
    findings = [f for f in (_squashed(trace, losses, formulas), _not_log(trace, losses), _gradient(formulas)) if f]
    if not findings and training and (never := _never_negative(trace, training, formulas)):
        findings.append(never)
    if training:
        watched, summary = len(training), _summary(training)
    else:
        watched = formulas[Formula.CROSS_ENTROPY] + formulas[Formula.SQUASHED]
        watched = ENOUGH_STEPS * watched if watched >= ENOUGH_SAMPLES else 0
        summary = (
            f"No library loss was called; the gradient at the output equals softmax minus one-hot in "
            f"{share(formulas[Formula.CROSS_ENTROPY], sum(formulas.values()))} sampled batches."
        )
    return Observation(KIND, watched, summary, tuple(findings))


def _have_changed_places(loss: Event) -> bool:
    """Whether a gradient goes through the second argument alone: then the first is no scores."""
    return bool(loss.get("grad") and not loss.get("producer"))


def _squashed(trace: Trace, losses: list[Event], formulas: Counter[Formula]) -> Finding | None:
    """Cross-entropy fed by a squashing function, or by rows that look like probabilities."""
    direct = [e for e in losses if e["name"] == "cross_entropy"]
    fed = [e for e in direct if (e.get("producer") or [""])[0] in SQUASHERS]
    if fed:
        what = f"cross_entropy was fed the result of {SQUASHERS[fed[0]['producer'][0]]} in"
        return _finding(Certainty.EVENT, f"{what} {share(len(fed), len(direct))} calls.", distinct_places(trace, fed))
    sampled = [e for e in direct if e.get("row_sum_min") is not None]
    training = [e for e in sampled if e.get("grad")]
    if formulas[Formula.CROSS_ENTROPY] > formulas[Formula.SQUASHED]:
        # A dead network gives the same scores to every row, so their sum is the same by no fault of the loss.
        training = []
    scoring = [e for e in sampled if not e.get("grad")]
    for calls in (training, scoring):
        rows = [e for e in calls if _look_like_shares(e)]
        if rows and len(rows) >= ALIKE_SHARE * len(calls):
            total = rows[0]["row_sum_max"]
            message = (
                f"cross_entropy was fed rows without a negative number that all sum to {total:.3g}, in "
                f"{share(len(rows), len(calls))} calls."
            )
            return _finding(Certainty.EVENT, message, distinct_places(trace, rows))
    return None


def _not_log(trace: Trace, losses: list[Event]) -> Finding | None:
    """Negative log-likelihood of something that is no log-probability: a kind of its own, and no way out of this one.

    Where no number is positive it may be log-probabilities with weights, as in a focal loss.
    """
    calls = [e for e in losses if e["name"] == "nll_loss" and e.get("exp_sum_max") is not None]
    bad = [e for e in calls if _no_log_probabilities(e)]
    if not bad:
        return None
    message = (
        f"nll_loss wants log-probabilities, whose exponentials sum to 1 in each row; they sum to up to "
        f"{bad[0]['exp_sum_max']:.3g} in {share(len(bad), len(calls))} calls."
    )
    return Finding(KIND, Severity.STYLE, Certainty.NUMERIC, message, distinct_places(trace, bad))


def _no_log_probabilities(loss: Event) -> bool:
    highest, least = loss.get("exp_sum_max"), loss.get("row_min")
    if loss["name"] != "nll_loss" or highest is None or least is None:
        return False
    return bool(highest > loss["shape"][1] or least >= 0)


def _gradient(formulas: Counter[Formula]) -> Finding | None:
    squashed, told = formulas[Formula.SQUASHED], formulas[Formula.SQUASHED] + formulas[Formula.CROSS_ENTROPY]
    if squashed < ENOUGH_SAMPLES or squashed < 0.5 * told:
        return None
    message = (
        "The gradient at the output is that of a cross-entropy taken after another softmax, in "
        f"{share(squashed, told)} sampled batches."
    )
    return _finding(Certainty.NUMERIC, message, "")


def _never_negative(trace: Trace, training: list[Event], formulas: Counter[Formula]) -> Finding | None:
    """Scores squeezed above zero by something else: suspicious only when the gradient is not the right one either."""
    seen = [e for e in training if e["name"] == "cross_entropy" and e.get("row_min") is not None]
    if len(seen) < ENOUGH_STEPS or any(e["row_min"] < 0 for e in seen):
        return None
    if formulas[Formula.OTHER] < max(ENOUGH_SAMPLES, 0.2 * formulas[Formula.CROSS_ENTROPY]):
        return None
    message = (
        f"No score below zero ever reached cross_entropy in {counted(len(seen), 'call')}, and the gradient at the "
        "last layer is not that of a cross-entropy: something squeezes the scores before the loss."
    )
    return _finding(Certainty.NUMERIC, message, distinct_places(trace, seen))


def _look_like_shares(loss: Event) -> bool:
    low, high, least = loss.get("row_sum_min"), loss.get("row_sum_max"), loss.get("row_min")
    if low is None or high is None or least is None or loss.get("spread", 0.0) < 1e-3:
        return False
    return bool(least >= -1e-6 and high > 0 and high - low <= 1e-3 * high)


def _are_raw_scores(loss: Event) -> bool:
    """Whether the rows have neither a common sum nor exponentials that sum to one, as squeezed scores would."""
    low, high = loss.get("row_sum_min"), loss.get("row_sum_max")
    least, most = loss.get("exp_sum_min"), loss.get("exp_sum_max")
    if loss["name"] != "cross_entropy" or low is None or high is None or least is None or most is None:
        return False
    return bool(high - low > 1e-2 * max(abs(low), abs(high)) and (least < 0.99 or most > 1.01))


def _says_nothing(loss: Event) -> bool:
    return loss["name"] not in LOSSES or _no_log_probabilities(loss) or _are_raw_scores(loss)


def _formulas(trace: Trace) -> Counter[Formula]:
    """How many sampled batches of class scores fit which formula.

    Other losses have no say, nor have batches whose scores were seen raw in a cross-entropy: what else shapes their
    gradient (smoothed labels, weights) is none of this bug.
    """
    elsewhere = {e.get("forward") for e in trace.of("loss") if _says_nothing(e)}
    return Counter(
        classify(values, grads)
        for forward, values, grads in samples(trace)
        if values.shape[1] > 1 and forward not in elsewhere
    )


def _summary(training: list[Event]) -> str:
    scores = [e for e in training if e["name"] == "cross_entropy" and e.get("row_min") is not None]
    if scores:
        lowest = min(e["row_min"] for e in scores)
        return (
            f"cross_entropy got raw scores in {counted(len(scores), 'training call')}: down to {lowest:.1f}, "
            "rows with no common sum."
        )
    return f"The loss got log-probabilities in {counted(len(training), 'training call')}: their exponentials sum to 1."


def _finding(certainty: Certainty, message: str, where: str) -> Finding:
    return Finding(KIND, Severity.BUG, certainty, message, where)
