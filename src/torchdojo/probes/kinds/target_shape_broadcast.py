"""Predictions and targets of different shapes that broadcast inside an element-wise loss."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.batches import one_sided
from torchdojo.probes.entry import takes_batch_as_one_row
from torchdojo.probes.expected import Expected
from torchdojo.probes.output_gradients import follows_prediction_alone, samples
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


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Compare the shapes that meet in the loss, and see whether each row's gradient knows its own target."""
    losses = [e for e in trace.of("loss") if e["name"] in ELEMENTWISE and e.get("target_shape") is not None]
    apart = [e for e in losses if _broadcasts(e)]
    flat = _flat_forwards(trace)
    # With one target for a whole batch every gradient depends on its prediction alone.
    flat |= {e["forward"] for e in losses if e.get("forward") is not None and one_sided(e)}
    # Where such a loss is used at all, models that are trained by something else (a GAN's) are no concern of this probe.
    meant = {e["forward"] for e in losses if e.get("forward") is not None}
    told_of = [(v, g) for forward, v, g in samples(trace) if forward not in flat and (not losses or forward in meant)]
    votes = [follows_prediction_alone(values, gradients) for values, gradients in told_of]
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


def _flat_forwards(trace: Trace) -> set[int]:
    """Forwards that took the batch as one row: a one-dimensional loss over them says nothing about the rows."""
    return {f["id"] for f in trace.training_forwards if takes_batch_as_one_row(f)}


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
