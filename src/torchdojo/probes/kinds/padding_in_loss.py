"""Positions that only fill a sequence up, and are trained on nevertheless."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.token_targets import loss_place, occasions, token_batches
from torchdojo.probes.wording import counted, share

KIND = "padding-in-loss"
WATCHERS = ("token_outputs",)

#: Share of the padded positions that count before it is no accident (the first one may stand for the end).
TOO_MANY = 0.5

#: Padded positions of all that are looked at: fewer do no harm.
LEAST_SHARE = 0.01


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """No gradient may come from a position whose token is the declared padding."""
    batches = [b for b in token_batches(trace) if b["padded"] >= max(2.0, LEAST_SHARE * b["tokens"])]
    bad = [b for b in batches if b["counted"] > TOO_MANY * b["padded"]]
    findings = []
    if len(bad) > 0.5 * len(batches):
        padded, tokens = sum(b["padded"] for b in bad), sum(b["tokens"] for b in bad)
        message = (
            f"{share(sum(b['counted'] for b in bad), padded)} positions that hold the padding id {bad[0]['padding']} "
            f"took part in the loss, in {counted(len(bad), 'batch', 'batches')} looked at: "
            f"{100 * padded / tokens:.0f} % of all positions are padding."
        )
        where = loss_place(trace, bad)
        findings.append(Finding(KIND, Severity.BUG, Certainty.NUMERIC, message, where))
    seen = sum(b["padded"] for b in batches)
    summary = (
        f"{counted(seen, 'padded position')} in {counted(len(batches), 'batch', 'batches')} had no part in the loss."
    )
    return Observation(KIND, occasions(trace, batches), summary, tuple(findings))
