"""Rows that are held out for validation are among those that were trained on."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.shared_rows import Evaluated, evaluated_passes
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "train-validation-overlap"

#: Fewer shared rows are duplicates of some data set; more are the training set itself.
FEWEST_SHARED, LEAST_SHARE, MOST_SHARE = 3, 0.02, 0.95
#: So many times as many rows as chance would find are no chance.
BEYOND_CHANCE = 3.0


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Meet the rows of each evaluation pass with those the same model was trained on before."""
    passes = evaluated_passes(trace)
    clean = [p for p in passes if p.share < LEAST_SHARE or p.trained < FEWEST_SHARED]
    mixed = [p for p in passes if _overlaps(p)]
    findings = []
    # Where some pass had new rows only, another one over all rows is a report on the side.
    if mixed and not clean:
        worst = max(mixed, key=lambda p: p.share)
        message = (
            f"{share(worst.trained, worst.rows)} rows{_looked_at(worst)} of an evaluation had been trained on before "
            f"({counted(len(mixed), 'pass', 'passes')} like that): the score is partly that of memory."
        )
        where = distinct_places(trace, list(worst.forwards), most=1)
        findings.append(Finding(KIND, Severity.BUG, Certainty.EVENT, message, where))
    rows = sum(p.rows for p in passes)
    summary = (
        f"{counted(len(passes), 'evaluation pass', 'evaluation passes')} over {rows:,} rows: "
        f"{counted(len(clean), 'pass', 'passes')} had (nearly) none that was trained on."
    )
    return Observation(KIND, len(passes), summary, tuple(findings))


def _looked_at(p: Evaluated) -> str:
    """Of a large batch only some rows are known."""
    given = sum((f.get("shape") or [0])[0] for f in p.forwards)
    return " looked at" if sum(len(f.get("rows", ())) for f in p.forwards) < given else ""


def _overlaps(p: Evaluated) -> bool:
    some = p.trained >= FEWEST_SHARED and LEAST_SHARE <= p.share < MOST_SHARE
    return some and not p.in_parts and p.trained > BEYOND_CHANCE * p.natural
