"""A sigmoid in front of a binary loss that takes one itself."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.loss_calls import made_by, watched_losses
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "sigmoid-before-bce-with-logits"
WATCHERS = ("loss_inputs",)

LOSSES = ("binary_cross_entropy_with_logits", "multilabel_soft_margin_loss")
#: The same loss of probabilities: one sigmoid in front of it is right.
OF_PROBABILITIES = "binary_cross_entropy"
SQUASHERS = {"SigmoidBackward0": "a sigmoid", "SoftmaxBackward0": "a softmax"}

#: What keeps scores within bounds, so that no prediction can be sure: odd, and right in none of our tasks.
BOUNDING = {"TanhBackward0": "a tanh", "HardtanhBackward0": "a clamp", "AtanBackward0": "an arc tangent"}

#: Nodes that something squashed may go through on its way; "" in evaluation. Sums of products are small by chance.
CARRIERS = ("ClampBackward", "ClampMin", "ClampMax", "MulBackward", "DivBackward", "SubBackward", "RsubBackward")
OTHERS = ("ExpBackward", "WhereBackward", "CompiledFunction")

#: Values that happen to lie between 0 and 1 in fewer calls than this prove nothing.
ENOUGH_CALLS = 10

#: Nor do values that hardly differ.
LEAST_SPREAD = 0.05


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """What made the first argument of the loss, and the range it stays in."""
    losses = [e for e in trace.of("loss") if e["name"] in LOSSES and e.get("value") is not None]
    # Of an unknown script it is not known whether its scores are bounded on purpose.
    squashers = SQUASHERS if expected.training_rows is None else SQUASHERS | BOUNDING
    squashed = [e for e in losses if made_by(e) in squashers]
    findings = []
    if squashed:
        first = squashed[0]
        message = (
            f"{first['name']} was fed the result of {squashers[made_by(first)]} in "
            f"{share(len(squashed), len(losses))} calls, and it takes a sigmoid itself."
        )
        findings.append(_finding(Certainty.EVENT, message, distinct_places(trace, squashed)))
    else:
        pairs = list(watched_losses(trace, *LOSSES))
        training = [(e, f) for e, f in pairs if e.get("grad")]
        scoring = [(e, f) for e, f in pairs if not e.get("grad")]
        found = _between_zero_and_one(trace, training)
        if found is None and any(f["low"] < 0 or f["high"] > 1 for _, f in training):
            found = _between_zero_and_one(trace, scoring)
        findings += [found] if found else []
    lows = [f["low"] for _, f in watched_losses(trace, *LOSSES)]
    reach = f", down to {min(lows):.1f}" if lows else ""
    summary = f"{counted(len(losses), 'call')} of a binary loss with logits got raw scores{reach}."
    plain = _of_probabilities(trace)
    if plain:
        summary += f" {counted(plain, 'call')} of one without logits got probabilities on both sides of one half."
    return Observation(KIND, len(losses) + plain, summary, tuple(findings))


def _of_probabilities(trace: Trace) -> int:
    """Calls of the loss that takes probabilities; 0 when all lay above one half, as after two sigmoids."""
    if not any(facts["low"] < 0.5 for _, facts in watched_losses(trace, OF_PROBABILITIES)):
        return 0
    return len([event for event in trace.of("loss") if event["name"] == OF_PROBABILITIES])


def _between_zero_and_one(trace: Trace, pairs: list[tuple[Event, Event]]) -> Finding | None:
    """Scores that never leave [0, 1], and were not made by a layer of raw scores."""
    if len(pairs) < ENOUGH_CALLS or not all(_may_carry(e) for e, _ in pairs):
        return None
    low, high = min(f["low"] for _, f in pairs), max(f["high"] for _, f in pairs)
    if low < 0 or high > 1 or high - low < LEAST_SPREAD:
        return None
    message = (
        f"All scores that reached {pairs[0][0]['name']} lay between {low:.2f} and {high:.2f} in "
        f"{counted(len(pairs), 'call')} looked at: these are probabilities, and the loss takes a sigmoid itself."
    )
    return _finding(Certainty.NUMERIC, message, distinct_places(trace, [e for e, _ in pairs]))


def _may_carry(loss: Event) -> bool:
    """Whether probabilities may have come this way; a leaf of the graph is nobody's probability."""
    node = made_by(loss)
    return node.startswith(CARRIERS + OTHERS) if node else not loss.get("grad")


def _finding(certainty: Certainty, message: str, where: str) -> Finding:
    return Finding(KIND, Severity.BUG, certainty, message, where)
