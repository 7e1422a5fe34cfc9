"""What is reported as a validation result was measured on the training rows."""

from __future__ import annotations

import re

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.shared_rows import Evaluated, evaluated_passes
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted

KIND = "evaluation-on-training-data"
WATCHERS = ("prints", "passes")

#: From this share on, the rows are the training rows.
ALL, NONE = 0.95, 0.5
#: Words in which a script claims to have measured on held-out rows.
_CLAIM = re.compile(
    r"(?<![a-z])(val|valid|validation|dev|held[-_ ]?out|unseen)(?![a-z])"
    r"|(?<![a-z])(test|eval|evaluation)[-_ /]*"
    r"(set|acc|accuracy|loss|error|mse|rmse|mae|f1|score|perplexity|ppl|auc|r2)",
    re.IGNORECASE,
)
#: So many times as many rows as chance would find are no chance.
BEYOND_CHANCE = 2.0


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Where every evaluation had training rows only: was it called validation, or was there other data to use?"""
    passes = evaluated_passes(trace)
    trained = [p for p in passes if p.share >= ALL and p.trained > BEYOND_CHANCE * p.natural]
    new = [p for p in passes if p.share < NONE]
    findings = []
    if trained and not new:
        unread = [e for e in trace.notes("passes", "unread") if e["rows"]]
        claim = _claim(trace, trained)
        where = distinct_places(trace, list(trained[0].forwards), most=1)
        told = f"{counted(len(trained), 'evaluation pass', 'evaluation passes')} saw only rows of the training set"
        if unread:
            message = f"{told}, while a loader with {unread[0]['rows']:,} rows was built and never read."
            findings.append(Finding(KIND, Severity.BUG, Certainty.EVENT, message, where))
        elif claim:
            message = f'{told}; the result was called "{claim}".'
            findings.append(Finding(KIND, Severity.BUG, Certainty.EVENT, message, where))
        else:
            message = f"{told}: what was measured is memory, not how well the model does on new rows."
            findings.append(Finding(KIND, Severity.STYLE, Certainty.EVENT, message, where))
    summary = (
        f"{counted(len(passes), 'evaluation pass', 'evaluation passes')}, of which {len(new)} had rows that the model "
        "was never trained on."
    )
    # Rows of both sorts in each pass show neither the one nor the other.
    shown = bool(findings or new or any(p.trained <= BEYOND_CHANCE * p.natural for p in passes))
    return Observation(KIND, len(passes) if shown else 0, summary, tuple(findings))


def _claim(trace: Trace, passes: list[Evaluated]) -> str:
    """What the script said right after such a pass, when it speaks of held-out rows."""
    lines = list(trace.notes("prints", "line"))
    trained = sorted(trace.trained_ids)
    for evaluated in passes:
        last = evaluated.forwards[-1]["id"]
        until = next((i for i in trained if i > last), float("inf"))
        for line in lines:
            if last <= line["after"] < until and (found := _CLAIM.search(line["text"])):
                return found[0]
    return ""
