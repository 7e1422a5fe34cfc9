"""Report: what an interview came to, made of its log alone. The same log always gives the same report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from torchdojo.domain.interview import Signal
from torchdojo.interview.changes import Line
from torchdojo.interview.joint import Joint
from torchdojo.interview.scorecard import BugMark, Scorecard

FORMAT = "torchdojo-interview-report-1"


@dataclass(frozen=True, slots=True)
class StageTold:
    """A stage: the minutes planned, the seconds it took, and from when to when somebody was in it."""

    id: str
    title: str
    minutes: int
    spent: float
    spans: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class CriterionTold:
    """One criterion with the points it brings, of how many, and everything that speaks for the signal."""

    id: str
    title: str
    weight: int
    signal: Signal | None
    suggested: Signal | None
    points: float
    of: float
    evidence: str
    seen: tuple[str, ...]
    missed: tuple[str, ...]
    green: tuple[str, ...]
    red: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BugTold:
    """One planted bug: how far it was brought, when it was first shown fixed, and since when it stayed so."""

    id: str
    kind: str
    title: str
    mark: BugMark
    first_at: float | None
    at: float | None
    evidence: str
    nudges: int


@dataclass(frozen=True, slots=True)
class RunTold:
    """One run: who started it, what had been changed since the one before, and what it showed.

    `fixed` and `back` are the titles of bugs that this run was the first to show as mended, or as open again;
    `passed` of `checks` is for an exercise with checks. `verdict` is "" when the run came to none.
    """

    number: int
    at: float
    by: str
    verdict: str
    fixed: tuple[str, ...]
    back: tuple[str, ...]
    introduced: tuple[str, ...]
    passed: int
    checks: int
    measured: float | None
    met: bool | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class CheckTold:
    """A check of the last run."""

    name: str
    outcome: str


@dataclass(frozen=True, slots=True)
class NudgeTold:
    """A nudge with its price; `shown` is whether the candidate could read it."""

    text: str
    price: float
    at: float
    shown: bool
    bug: str


@dataclass(frozen=True, slots=True)
class LookTold:
    """A look that was opened, at its price in minutes: by whom, and in which stage."""

    look: str
    title: str
    minutes: float
    at: float
    by: str
    stage: str


@dataclass(frozen=True, slots=True)
class LookForTold:
    """Something to look for; `at` is None when it was not seen."""

    stage: str
    text: str
    criterion: str
    at: float | None


@dataclass(frozen=True, slots=True)
class QuestionTold:
    """A question that was asked, with the interviewer's rating of the answer and note. `bug` is what it is about."""

    id: str
    question: str
    level: str
    bonus: bool
    bug: str
    rating: Signal | None
    note: str
    at: float


@dataclass(frozen=True, slots=True)
class BonusTold:
    """Something worth saying; `at` is None when it was not said."""

    text: str
    points: int
    at: float | None


@dataclass(frozen=True, slots=True)
class FlagTold:
    """A green or red flag."""

    flag: str
    criterion: str
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class NoteTold:
    """A private note."""

    text: str
    tag: str
    at: float


@dataclass(frozen=True, slots=True)
class BandTold:
    """The band in words."""

    id: str
    title: str
    reading: str


@dataclass(frozen=True, slots=True)
class Study:
    """Something to study next. `link` leads there as content does it ("kind:SLUG"); `why` names what was missed."""

    link: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier sessions with the same exercise came to: how many, and their medians.

    `spent` is in seconds, `nudges` in points, `criteria` has the signal in the middle of those given.
    """

    sessions: int
    total: float
    fixed: float
    spent: float
    nudges: float
    criteria: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything. Times are seconds since the start, pauses left out; `minutes` counts extensions.

    `card` is that of the interviewer whose report it is, `joint` both once there are two who see each other's scores;
    `band` is of what counts. `fault` says what is wrong with the log, `remarks` what else must be known to read the
    report. Of an interview that `begins_with_looks`, `looks` are the opened ones in their order. `study` and `past` are
    put in by whoever knows the content and the other interviews.
    """

    room: str
    interview: str
    title: str
    round: str
    exercise: str
    exercise_title: str
    filename: str
    seed: int | None
    began: datetime | None
    minutes: float
    spent: float
    ended: bool
    fault: str
    remarks: tuple[str, ...]
    card: Scorecard
    band: BandTold
    criteria: tuple[CriterionTold, ...]
    stages: tuple[StageTold, ...]
    bugs: tuple[BugTold, ...]
    checks: tuple[CheckTold, ...]
    runs: tuple[RunTold, ...]
    nudges: tuple[NudgeTold, ...]
    look_fors: tuple[LookForTold, ...]
    questions: tuple[QuestionTold, ...]
    bonuses: tuple[BonusTold, ...]
    flags: tuple[FlagTold, ...]
    notes: tuple[NoteTold, ...]
    released: tuple[str, ...]
    before: str
    after: str
    lines: tuple[Line, ...]
    study: tuple[Study, ...] = ()
    past: Past | None = None
    joint: Joint | None = None
    begins_with_looks: bool = False
    looks: tuple[LookTold, ...] = ()

    @property
    def look_minutes(self) -> float:
        """What the opened looks cost together."""
        return sum(look.minutes for look in self.looks)

    @property
    def decided(self) -> Scorecard:
        """The scorecard that counts: of two interviewers who see each other's scores the mean of both."""
        return self.joint.both if self.joint else self.card

    @property
    def handed_over(self) -> bool:
        """Whether the interviewer let the candidate have the candidate's version."""
        return "report" in self.released

    def to_json(self) -> dict[str, Any]:
        """As plain JSON data; the scorecard with its seal."""
        head = {"format": FORMAT, "version": self.card.version}
        return head | plain(self) | {"look_minutes": self.look_minutes, "card": self.card.to_json()}


def plain(told: Any) -> dict[str, Any]:
    """A dataclass as plain JSON data."""
    data: dict[str, Any] = json.loads(json.dumps(asdict(told), default=datetime.isoformat))
    return data
