"""Targets where a loss takes predictions, and predictions where it takes targets."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.endings import message_of, place_of_end, raised
from torchdojo.probes.entry import FLOATS
from torchdojo.probes.expected import Expected
from torchdojo.probes.loss_calls import watched_losses
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, shape, share

KIND = "loss-arguments-swapped"
WATCHERS = ("loss_inputs",)

#: Losses that treat their two arguments differently, and are not meant to be taken the other way round.
LOPSIDED = ("binary_cross_entropy_with_logits", "binary_cross_entropy", "poisson_nll_loss", "cross_entropy")
#: Losses of which the order changes neither value nor gradient.
SYMMETRIC = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
CLASSES = ("cross_entropy", "nll_loss")

#: What torch says of integers in the place of scores.
REFUSAL = r"not implemented for|multi-target not supported|Expected floating point|expected target dtype"

MOST = 0.5


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Of the two arguments of a loss the first is what depends on the model."""
    calls = list(watched_losses(trace, *LOPSIDED, *SYMMETRIC))
    swapped = [(e, f) for e, f in calls if f["target_grad"] and not f["given_grad"] and e.get("grad")]
    lopsided = [e for e, _ in swapped if e["name"] in LOPSIDED]
    training = [e for e, _ in calls if e.get("grad")]
    findings = []
    if refused := _refused(trace):
        findings.append(refused)
    elif swapped and len(swapped) > MOST * len(training):
        first = (lopsided or [e for e, _ in swapped])[0]
        severity = Severity.BUG if lopsided else Severity.STYLE
        message = (
            f"In {share(len(swapped), len(training))} calls looked at, the second argument of {first['name']} depends "
            "on the model and the first does not: predictions and targets have changed places."
        )
        findings.append(Finding(KIND, severity, Certainty.EVENT, message, distinct_places(trace, [first])))
    number = sum(1 for e in trace.of("loss") if e.get("value") is not None)
    summary = f"{counted(number, 'call')} of a loss got what depends on the model as the first argument."
    return Observation(KIND, number if calls else 0, summary, tuple(findings))


def _refused(trace: Trace) -> Finding | None:
    """Class indices as scores: torch refuses integers there."""
    end = raised(trace, "RuntimeError", REFUSAL) or raised(trace, "NotImplementedError", REFUSAL)
    losses = list(trace.of("loss"))
    if end is None or not losses or losses[-1]["name"] not in CLASSES or losses[-1].get("value") is not None:
        return None
    last: Event = losses[-1]
    given, wanted = list(last["shape"]), list(last["target_shape"])
    integers = not str(last["dtype"]).startswith(FLOATS) and str(last["target_dtype"]).startswith(FLOATS)
    if not integers or len(wanted) != len(given) + 1:
        return None
    message = (
        f"{last['name']} got integers {shape(given)} as scores and floating numbers {shape(wanted)} as classes: "
        f"predictions and targets have changed places. torch said: {message_of(end)}"
    )
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, place_of_end(end))
