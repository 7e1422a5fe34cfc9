"""KL divergence whose arguments are not what the function takes them for."""

from __future__ import annotations

from collections.abc import Callable

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.loss_calls import watched_losses
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "kl-div-arguments"
WATCHERS = ("loss_inputs", "soft_targets")

#: Above this a number is no logarithm of a probability; below its negative no probability.
SLACK = 1e-3

#: How close to 1 the probabilities of a row add up.
_ROUNDED = 0.01

#: A loss that counts for less than this share of a mean over its rows does not teach.
_LEAST_WEIGHT = 1e-3

#: Nothing is to be learned from a distribution that is this close to the own one.
_LEAST_APART = 1e-3

#: What holds for distributions holds in (nearly) every call.
MOST_CALLS = 0.5

Call = tuple[Event, Event]


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """The first argument must be log-probabilities, the second probabilities (or their logs, when it is told so)."""
    calls = [(e, f) for e, f in watched_losses(trace, "kl_div") if "powers" in f]
    findings = []
    if bad := _most(calls, lambda f: f["high"] > SLACK):
        findings.append(_of_input(trace, bad, calls))
    elif bad := _most(calls, lambda f: not f["log_target"] and f.get("target_low", 0.0) < -SLACK):
        lowest = min(f["target_low"] for _, f in bad)
        message = (
            f"kl_div was given targets down to {lowest:.2f} in {share(len(bad), len(calls))} calls looked at: without "
            "log_target=True it wants probabilities."
        )
        findings.append(_finding(Severity.BUG, message, trace, bad))
    elif bad := _most(calls, lambda f: f["log_target"] and f.get("target_high", 0.0) > SLACK):
        highest = max(f["target_high"] for _, f in bad)
        message = (
            f"kl_div was told that its targets are log-probabilities, but they were up to {highest:.2f} in "
            f"{share(len(bad), len(calls))} calls looked at."
        )
        findings.append(_finding(Severity.BUG, message, trace, bad))
    elif bad := _most(calls, lambda f: f["target_grad"] and not f["given_grad"]):
        message = (
            f"In {share(len(bad), len(calls))} calls of kl_div looked at, it is the second argument that depends on "
            "the model: that is the reverse divergence, which prefers one peak to all of them. Where a model is to "
            "learn a distribution, the first argument is the model's."
        )
        findings.append(_finding(Severity.STYLE, message, trace, bad))
    elif bad := _most(calls, lambda f: f["reduction"] == "mean"):
        classes = bad[0][1]["classes"]
        message = (
            f"kl_div averages over all elements: the divergence per row is {classes} times as large "
            '(reduction="batchmean").'
        )
        findings.append(_finding(Severity.STYLE, message, trace, bad))
    if not calls:
        return _in_other_words(trace)
    number = sum(1 for e in trace.of("loss") if e["name"] == "kl_div" and e.get("value") is not None)
    summary = f"{counted(number, 'call')} of kl_div got log-probabilities and a distribution to compare them with."
    return Observation(KIND, number if _teaching(trace, calls) or findings else 0, summary, tuple(findings))


def _in_other_words(trace: Trace) -> Observation:
    """Without kl_div: a cross-entropy of distributions, or a divergence that is written out."""
    soft = [
        (event, facts)
        for event, facts in watched_losses(trace, "cross_entropy")
        if facts["given_grad"] and not facts["target_grad"] and _is_distribution(facts)
    ]
    if taught := _teaching(trace, soft):
        places = {event["at"] for event, _ in taught}
        # Not every call was looked at.
        number = sum(1 for e in trace.of("loss") if e["name"] == "cross_entropy" and e["at"] in places)
        summary = f"{counted(number, 'call')} of cross_entropy compared scores with a distribution, none of kl_div."
        return Observation(KIND, number, summary)
    number = sum(map(_is_taught, trace.notes("soft_targets", "taught")))
    summary = (
        f"In {counted(number, 'pass', 'passes')} looked at, log-probabilities were drawn to a distribution by a loss "
        "that is written out; there is no call of kl_div."
    )
    return Observation(KIND, number, summary if number else "Nothing was compared with a distribution.")


def _teaching(trace: Trace, calls: list[Call]) -> list[Call]:
    """Those of the calls that count for something where backward begins."""
    pulls = {note["loss"]: note["whole"] for note in trace.notes("loss_inputs", "pull")}
    return [
        (event, facts)
        for event, facts in calls
        if pulls.get(event["id"], 0.0) * (event["weight"] if facts["reduction"] == "sum" else 1) >= _LEAST_WEIGHT
    ]


def _is_distribution(facts: Event) -> bool:
    """Whether the targets are probabilities, and not labels in another form: smoothed ones depend on nothing else.

    The cross-entropy of a distribution differs from its divergence by a number that no gradient sees.
    """
    low, high = facts.get("target_sums", (0.0, 0.0))
    sound = facts.get("target_low", -1.0) >= -SLACK and abs(low - 1) < _ROUNDED and abs(high - 1) < _ROUNDED
    return bool(sound and facts.get("target_rows", 2) > facts.get("target_tops", 1))


def _is_taught(note: Event) -> bool:
    """The same, of what log-probabilities are drawn to."""
    low, high = note["sums"]
    sound = note["low"] >= -SLACK and abs(low - 1) < _ROUNDED and abs(high - 1) < _ROUNDED
    counts = note["weight"] >= _LEAST_WEIGHT and note["apart"] >= _LEAST_APART
    return bool(sound and counts and note["rows"] > note["tops"])


def _of_input(trace: Trace, bad: list[Call], calls: list[Call]) -> Finding:
    facts = bad[0][1]
    if facts["low"] >= 0 and facts["sums"][1] <= 1.01:
        what = "probabilities"
        if facts["target_grad"] and not facts["given_grad"]:
            what = "the distribution to be learned from, not the model's log-probabilities,"
    else:
        what = "raw scores"
    value = bad[-1][0].get("value")
    sign = f" (its value: {value:.3g}; a divergence is never negative)" if value is not None and value < 0 else ""
    message = (
        f"kl_div was given {what} as its first argument in {share(len(bad), len(calls))} calls looked at, with values "
        f"up to {max(f['high'] for _, f in bad):.2f}{sign}: it wants log-probabilities, which are never above 0."
    )
    return _finding(Severity.BUG, message, trace, bad)


def _most(calls: list[Call], odd: Callable[[Event], bool]) -> list[Call]:
    bad = [(e, f) for e, f in calls if odd(f)]
    return bad if bad and len(bad) >= MOST_CALLS * len(calls) else []


def _finding(severity: Severity, message: str, trace: Trace, calls: list[Call]) -> Finding:
    return Finding(KIND, severity, Certainty.NUMERIC, message, distinct_places(trace, [e for e, _ in calls]))
