"""A causal model whose targets are not the next tokens."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.token_targets import ENOUGH_BATCHES, loss_place, occasions, token_batches
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted

KIND = "wrong-label-shift"
WATCHERS = ("token_outputs",)

#: The shifts that the watcher tries, in its order.
SHIFTS = (-1, 0, 1, 2, 3)

#: Targets follow a shift when it explains so many of them, and no other comes near.
EXPLAINED, ALSO = 0.95, 0.85

ENOUGH_POSITIONS = 24

#: What a wrong shift makes the model do.
MEANS = {0: "the token that it has just been given", 2: "the token after the next one"}
#: The same where the task is known to be the next token.
ALSO_MEANS = {-1: "the one before the token that it has just been given", 3: "the token two places after the next one"}

NEXT = 1


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """In a model that cannot see later tokens, the target of a position must be the token after it."""
    causal = {n["model"] for n in trace.notes("token_outputs", "causal") if n["value"] and n["own"]}
    judged = [b for b in token_batches(trace) if b["model"] in causal and b["judged"] > 0]
    total = sum(b["judged"] for b in judged)
    shares = _shares(judged)
    findings = []
    if inside := _two_ahead(trace):
        message = (
            f"In {counted(len(inside), 'loss', 'losses')} looked at that the model computes of its own labels, output "
            f"t is trained to give the input's token at t + 2: {MEANS[2]}. Labels that are shifted already are shifted "
            "once more."
        )
        findings.append(Finding(KIND, Severity.BUG, Certainty.NUMERIC, message, distinct_places(trace, inside, most=1)))
    best = max(range(len(SHIFTS)), key=lambda i: shares[i])
    others = [s for i, s in enumerate(shares) if i != best]
    clear = shares[best] >= EXPLAINED and max(others) < ALSO and total >= ENOUGH_POSITIONS
    means = MEANS if expected.training_rows is None else MEANS | ALSO_MEANS
    if clear and (shift := SHIFTS[best]) in means:
        message = (
            f"In {100 * shares[best]:.0f} % of the positions looked at, output t is trained to give the input's token "
            f"at t {'-' if shift < 0 else '+'} {abs(shift)}: {means[shift]}, not the next one. The model cannot see "
            "later tokens: it is meant to predict the next."
        )
        findings.append(Finding(KIND, Severity.BUG, Certainty.NUMERIC, message, loss_place(trace, judged)))
    watched = occasions(trace, judged) if clear and (findings or SHIFTS[best] == NEXT) else 0
    summary = (
        f"In {counted(len(judged), 'batch', 'batches')} looked at the target of a position was the next token in "
        f"{100 * shares[SHIFTS.index(1)]:.0f} % of the cases."
    )
    return Observation(KIND, watched, summary, tuple(findings))


def _two_ahead(trace: Trace) -> list[Event]:
    """Losses inside models that are about the token after the next one; none if any is about the next one, too.

    Whether such a model sees later tokens cannot be tried, but nothing that does is trained to tell this one.
    """
    losses = [n for n in trace.notes("token_outputs", "inside") if n["judged"] >= ENOUGH_POSITIONS]
    told = [n for n in losses if _best(n["shifts"]) == 2]
    return told if len(told) >= ENOUGH_BATCHES and not any(_best(n["shifts"]) == NEXT for n in losses) else []


def _best(shares: list[float]) -> int | None:
    """The shift that explains the targets, and no other does."""
    first, second = sorted(shares, reverse=True)[:2]
    return SHIFTS[shares.index(first)] if first >= EXPLAINED and second < ALSO else None


def _shares(batches: list[Event]) -> list[float]:
    if not batches:
        return [0.0] * len(SHIFTS)
    return [sum(b["shifts"][i] for b in batches) / len(batches) for i in range(len(SHIFTS))]
