"""What the candidate is given of a report. Each field here was put in by name: what is not named stays inside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from torchdojo.domain.interview import Signal
from torchdojo.interview.changes import Line
from torchdojo.interview.report import CheckTold, Report, Study, plain
from torchdojo.interview.scorecard import BugMark

FORMAT = "torchdojo-interview-candidate-1"


@dataclass(frozen=True, slots=True)
class OwnBug:
    """A bug of the exercise, by its title: how far it was brought, and when."""

    title: str
    mark: BugMark
    at: float | None


@dataclass(frozen=True, slots=True)
class OwnRun:
    """A run, what had been changed before it, and how it ended."""

    number: int
    at: float
    verdict: str
    fixed: tuple[str, ...]
    back: tuple[str, ...]
    passed: int
    checks: int
    measured: float | None
    met: bool | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class OwnNudge:
    """A nudge that was shown on the candidate's own page."""

    text: str
    price: float
    at: float


@dataclass(frozen=True, slots=True)
class OwnLook:
    """A look that was opened, at its price in minutes."""

    title: str
    minutes: float
    at: float


@dataclass(frozen=True, slots=True)
class OwnPart:
    """A line of the sum, without what it rests on."""

    title: str
    points: float
    of: float


@dataclass(frozen=True, slots=True)
class OwnCriterion:
    """What was looked at, and how it was seen."""

    title: str
    signal: Signal | None


@dataclass(frozen=True, slots=True)
class CandidateReport:
    """No script, no look-fors, no questions, no evidence in the interviewer's words, no notes, no flags."""

    title: str
    filename: str
    exercise: str
    began: datetime | None
    minutes: float
    spent: float
    ended: bool
    fault: str
    version: int
    total: float
    band: str
    complete: bool
    parts: tuple[OwnPart, ...]
    criteria: tuple[OwnCriterion, ...]
    bugs: tuple[OwnBug, ...]
    introduced: tuple[str, ...]
    checks: tuple[CheckTold, ...]
    runs: tuple[OwnRun, ...]
    nudges: tuple[OwnNudge, ...]
    lines: tuple[Line, ...]
    study: tuple[Study, ...]
    looks: tuple[OwnLook, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain JSON data."""
        return {"format": FORMAT} | plain(self)


def for_the_candidate(report: Report) -> CandidateReport:
    """What the candidate may have."""
    return CandidateReport(
        title=report.exercise_title or "Interview",
        filename=report.filename,
        exercise=report.exercise,
        began=report.began,
        minutes=report.minutes,
        spent=report.spent,
        ended=report.ended,
        fault=report.fault,
        version=report.card.version,
        total=report.decided.total,
        band=report.band.title,
        complete=report.decided.complete,
        parts=tuple(OwnPart(part.title, part.points, part.of) for part in report.decided.parts),
        criteria=tuple(OwnCriterion(criterion.title, criterion.signal) for criterion in report.decided.criteria),
        bugs=tuple(OwnBug(bug.title, bug.mark, bug.at) for bug in report.bugs),
        introduced=report.card.introduced,
        checks=report.checks,
        runs=tuple(_own_run(report)),
        nudges=tuple(OwnNudge(nudge.text, nudge.price, nudge.at) for nudge in report.nudges if nudge.shown),
        lines=report.lines,
        study=report.study,
        looks=tuple(OwnLook(look.title, look.minutes, look.at) for look in report.looks),
    )


def _own_run(report: Report) -> list[OwnRun]:
    return [
        OwnRun(
            number=run.number,
            at=run.at,
            verdict=run.verdict,
            fixed=run.fixed,
            back=run.back,
            passed=run.passed,
            checks=run.checks,
            measured=run.measured,
            met=run.met,
            lines=run.lines,
        )
        for run in report.runs
    ]
