"""Finding: what a probe saw in a recorded training run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters."""

    BUG = "bug"
    PERFORMANCE = "performance"
    STYLE = "style"


class Certainty(StrEnum):
    """What kind of proof stands behind a finding."""

    EVENT = "event"
    NUMERIC = "numeric"
    STATISTICAL = "statistical"


@dataclass(frozen=True, slots=True)
class Finding:
    """One violated invariant. `kind` is the bug kind's slug, `where` e.g. "line 41, train_one_epoch"."""

    kind: str
    severity: Severity
    certainty: Certainty
    message: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """What one probe says about one run.

    `applicable` counts the occasions on which the invariant could have been broken (steps watched, evaluation
    passes, ...). Zero means the probe had nothing to look at: no finding is then no evidence. `summary` tells in
    one sentence what was watched, with numbers; it is the evidence shown for a bug that is fixed.
    """

    kind: str
    applicable: int
    summary: str
    findings: tuple[Finding, ...] = ()
