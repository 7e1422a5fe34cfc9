"""Negative log-likelihood of numbers that are no log-probabilities."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.loss_calls import AFFINE, made_by, watched_losses
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "nll-on-logits"
WATCHERS = ("loss_inputs",)

LOSSES = ("nll_loss", "ctc_loss")

#: How far a row's exponentials may sum from 1: a small number added inside the logarithm is welcome.
SLACK = 0.02

#: Above this a number is no logarithm of a probability.
POSITIVE = 1e-3

#: A gradient at the classes that are not the target's, as a share of the greatest: a partition term brings it.
SPILLED = 0.01

#: A stray call proves nothing.
MOST_CALLS = 0.5


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Exponentials of log-probabilities sum to 1 over the classes."""
    calls = [(e, f) for e, f in watched_losses(trace, *LOSSES) if "powers" in f]
    compensated = {g["loss"] for g in trace.notes("loss_inputs", "gradient") if g["others"] > SPILLED}
    judged = [(e, f) for e, f in calls if e["id"] not in compensated]
    bad = [(e, f) for e, f in judged if not _sums_to_one(f["powers"]) and _no_logarithm(e, f)]
    findings = []
    if bad and len(bad) >= MOST_CALLS * len(judged):
        first, facts = bad[0]
        what = "probabilities" if _are_probabilities(facts) else "raw scores"
        message = (
            f"{first['name']} was given {what} in {share(len(bad), len(calls))} calls looked at: values up to "
            f"{facts['high']:.2f}, exponentials that sum to {facts['powers'][0]:.2f} to {facts['powers'][1]:.2f} in a "
            "row. It wants log-probabilities, whose exponentials sum to 1."
        )
        where = distinct_places(trace, [e for e, _ in bad])
        findings.append(Finding(KIND, Severity.BUG, Certainty.NUMERIC, message, where))
    number = sum(1 for e in trace.of("loss") if e["name"] in LOSSES and e.get("value") is not None)
    summary = f"{counted(number, 'call')} of a negative log-likelihood got log-probabilities."
    return Observation(KIND, number if judged else 0, summary, tuple(findings))


def _sums_to_one(ends: list[float]) -> bool:
    return ends[0] >= 1 - SLACK and ends[1] <= 1 + SLACK


def _no_logarithm(loss: Event, facts: Event) -> bool:
    """Not normalised over the batch instead of the classes, and neither weighted nor shifted log-probabilities.

    A focal loss multiplies log-probabilities by weights, a mixture leaves some out: they stay below zero.
    """
    if "columns" in facts and _sums_to_one(facts["columns"]):
        return False
    return facts["high"] > POSITIVE or made_by(loss) in AFFINE


def _are_probabilities(facts: Event) -> bool:
    low, high = facts["sums"]
    return bool(facts["low"] >= 0 and low >= 1 - SLACK and high <= 1 + SLACK)
