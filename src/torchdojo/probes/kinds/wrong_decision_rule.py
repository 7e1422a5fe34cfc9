"""Scores become predictions by a rule that does not fit them."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "wrong-decision-rule"
WATCHERS = ("comparisons",)

#: So many rows have to be judged, and so much has the usual rule to be better, in shares of the rows.
FEWEST_ROWS, GAP = 20, 0.15
#: Above this share the two rules are one.
ALIKE = 0.7
LOGITS, PROBABILITIES = "binary_cross_entropy_with_logits", "binary_cross_entropy"


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Decide again by the rule that fits the loss, and see whether it would have been much better."""
    chosen = [e for e in trace.notes(WATCHERS[0], "compared") if e.get("ruled") is not None]
    # Where the same scores are judged by the usual rule as well, the other one is a report on the side.
    usual = {e["after"] for e in chosen if e["agreed"] > 0.9 * e["count"]}
    chosen = [e for e in chosen if e["after"] not in usual or e["agreed"] > 0.9 * e["count"]]
    losses = {e["name"] for e in trace.of("loss") if e.get("grad")}
    divided = list(trace.notes(WATCHERS[0], "thresholded")) if losses & {LOGITS, PROBABILITIES} else []
    judged = {(e["after"], e["count"]) for e in trace.notes(WATCHERS[0], "compared")}
    crossed = list(trace.notes(WATCHERS[0], "crossed"))
    findings = [_across(trace, crossed)] if crossed else []
    for at in dict.fromkeys(e["at"] for e in chosen):
        if found := _another_class(trace, [e for e in chosen if e["at"] == at]):
            findings.append(found)
    for at in dict.fromkeys(e["at"] for e in divided):
        if found := _another_threshold(trace, [e for e in divided if e["at"] == at], losses, judged):
            findings.append(found)
    watched = len(chosen) + len(divided) + len(crossed)
    summary = f"In {counted(watched, 'batch', 'batches')} the predictions followed from the scores by the right rule."
    return Observation(KIND, watched, summary, tuple(findings))


def _across(trace: Trace, notes: list[Event]) -> Finding:
    """The highest score was looked for in each column, where it was meant in each row."""
    first = notes[0]
    message = (
        f"Predictions were the row with the highest score for each of {first['classes']} classes, where the class with "
        f"the highest score for each of {first['rows']} rows was meant: argmax went along the axis of the batch"
    )
    message += ", and the targets did not fit." if first["failed"] else "."
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, distinct_places(trace, notes, most=1))


def _another_class(trace: Trace, notes: list[Event]) -> Finding | None:
    rows, right = sum(e["count"] for e in notes), sum(e["right"] for e in notes)
    ruled, agreed = sum(e["ruled"] for e in notes), sum(e["agreed"] for e in notes)
    if rows < FEWEST_ROWS or ruled - right < GAP * rows + 3 or agreed > ALIKE * rows:
        return None
    message = (
        f"{share(right, rows)} predictions were right; the class with the highest score would have been right "
        f"{ruled:,} times, and was predicted only {agreed:,} times."
    )
    return Finding(KIND, Severity.BUG, Certainty.NUMERIC, message, distinct_places(trace, notes, most=1))


def _another_threshold(
    trace: Trace, notes: list[Event], losses: set[str], judged: set[tuple[int, int]]
) -> Finding | None:
    rows = sum(e["count"] for e in notes)
    raw = [e for e in notes if not e["squashed"] and e["threshold"] == 0.5 and (e["low"] < 0 or e["high"] > 1)]
    always = [
        e
        for e in notes
        if (e["squashed"] or (PROBABILITIES in losses and e["low"] >= 0 and e["high"] <= 1))
        and (e["threshold"] <= 0 or e["threshold"] >= 1)
        # A mask that keeps a logarithm from zero is no prediction: nobody compares it with targets.
        and (e["after"], e["count"]) in judged
    ]
    if LOGITS in losses and PROBABILITIES not in losses and len(raw) > 0.5 * len(notes):
        between = sum(e["between"] for e in raw)
        message = (
            f"Scores from {min(e['low'] for e in raw):.1f} to {max(e['high'] for e in raw):.1f} were divided at 0.5, "
            f"as if they were probabilities: for logits the line is 0. {share(between, rows)} predictions differ."
        )
    elif len(always) > 0.5 * len(notes):
        message = (
            f"Probabilities were compared with {always[0]['threshold']:g}: all {rows:,} predictions are the same, "
            "whatever the model says."
        )
    else:
        return None
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, distinct_places(trace, notes, most=1))
