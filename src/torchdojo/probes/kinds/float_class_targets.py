"""Floating class targets: an error, or taken for probabilities by a cross-entropy."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.endings import message_of, place_of_end, raised
from torchdojo.probes.entry import FLOATS
from torchdojo.probes.expected import Expected
from torchdojo.probes.loss_calls import watched_losses
from torchdojo.probes.output_gradients import Formula, classify, samples
from torchdojo.probes.training import ENOUGH_STEPS, distinct_places
from torchdojo.probes.wording import counted, shape, share

KIND = "float-class-targets"
WATCHERS = ("loss_inputs",)

LOSSES = ("cross_entropy", "nll_loss", "multi_margin_loss")

#: What torch says of class targets of a dtype that it does not take.
REFUSAL = r"[Ll]ong.*but (got|found)|expected scalar type Long|multi-target not supported"

#: Share of the rows of a floating target that must not be distributions, and of the calls in which that is so.
MOST = 0.5

#: So many batches have to show the gradient of a cross-entropy that nobody saw being called.
ENOUGH_SAMPLES = 3


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Class targets are integers, or distributions whose rows sum to 1."""
    losses = [e for e in trace.of("loss") if e["name"] in LOSSES]
    passed = [e for e in losses if e.get("value") is not None]
    findings = [f for f in (_refused(trace, losses), _one_class(trace, passed), _no_distribution(trace)) if f]
    kinds = sorted({str(e["target_dtype"]) for e in passed})
    summary = f"{counted(len(passed), 'call')} of a classification loss got targets of dtype {', '.join(kinds)}."
    if passed or (own := _own_cross_entropies(trace)) < ENOUGH_SAMPLES:
        return Observation(KIND, len(passed), summary, tuple(findings[:1]))
    summary = f"In {counted(own, 'sampled batch', 'sampled batches')} the gradient was that of one class for each row."
    return Observation(KIND, ENOUGH_STEPS * own, summary, tuple(findings[:1]))


def _own_cross_entropies(trace: Trace) -> int:
    """Sampled batches whose gradients belong to a cross-entropy, written by hand when no known loss was called."""
    return sum(classify(values, gradients) is Formula.CROSS_ENTROPY for _, values, gradients in samples(trace))


def _refused(trace: Trace, losses: list[Event]) -> Finding | None:
    """The last loss was given one floating number per row, and torch refused it."""
    end = raised(trace, "RuntimeError", REFUSAL)
    last = losses[-1] if losses else None
    if end is None or last is None or last.get("value") is not None:
        return None
    given, wanted, dtype = list(last["shape"]), list(last["target_shape"]), str(last["target_dtype"])
    is_column = dtype.startswith(FLOATS) and wanted == [*given[:1], 1] and len(given) == 2
    if dtype in ("int64", "uint8") or not (wanted == given[:1] + given[2:] or is_column):
        return None
    message = (
        f"{last['name']} got targets {shape(wanted)} of dtype {dtype} for scores {shape(given)}. Class indices have to "
        f"be int64. torch said: {message_of(end)}"
    )
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, place_of_end(end))


def _one_class(trace: Trace, losses: list[Event]) -> Finding | None:
    """A cross-entropy over a single class, which is zero whatever the score."""
    alone = [e for e in losses if e["name"] == "cross_entropy" and len(e["shape"]) > 1 and e["shape"][1] == 1]
    floating = [e for e in alone if str(e["target_dtype"]).startswith(FLOATS) and e["target_shape"] == e["shape"]]
    if not floating:
        return None
    message = (
        f"cross_entropy got floating targets for scores {shape(floating[0]['shape'])} in "
        f"{share(len(floating), len(losses))} calls: over one class the softmax is always 1 and the loss always 0."
    )
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, distinct_places(trace, floating))


def _no_distribution(trace: Trace) -> Finding | None:
    """Floating targets of the scores' shape whose rows are no distributions."""
    calls = [(e, f) for e, f in watched_losses(trace, "cross_entropy") if "odd" in f and f.get("classes", 0) > 1]
    # Where predictions and targets have changed places, that is the bug.
    calls = [(e, f) for e, f in calls if f["given_grad"] or not f["target_grad"]]
    bad = [(e, f) for e, f in calls if f["odd"] > MOST]
    if not bad or len(bad) <= MOST * len(calls):
        return None
    low, high = min(f["target_sums"][0] for _, f in bad), max(f["target_sums"][1] for _, f in bad)
    message = (
        f"cross_entropy takes floating targets for probabilities, but their rows sum to {low:.3g} up to {high:.3g} in "
        f"{share(len(bad), len(calls))} calls looked at."
    )
    return Finding(KIND, Severity.BUG, Certainty.NUMERIC, message, distinct_places(trace, [e for e, _ in bad]))
