"""What the store keeps for a learner: drafts, attempts, opened hints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from torchdojo.domain.report import Report


@dataclass(frozen=True, slots=True)
class Draft:
    """The text in the editor, saved as it is typed. `saved_at` is UTC."""

    exercise: str
    source: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One graded submission with its full report. `submitted_at` is UTC; `origin` is "cli", "web" or "watch"."""

    id: int
    exercise: str
    source: str
    submitted_at: datetime
    report: Report
    origin: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the learner stands with one exercise."""

    exercise: str
    attempts: int
    best_score: float
    passed: bool
    hints_opened: int
    solution_opened: bool
    last_attempt_at: datetime | None
