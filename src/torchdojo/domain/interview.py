"""An interview as content: what is said, what is looked for, how it is scored; and what happens in one, as events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from torchdojo.domain.exercise import BugSpec, Exercise, Kind


class Signal(StrEnum):
    """How strong a criterion was seen."""

    WEAK = "weak"
    MEDIUM = "medium"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is scored. `weight` is relative; `anchors` say what each signal sounds like."""

    id: str
    title: str
    weight: int
    about: str
    anchors: Mapping[Signal, str]
    green: tuple[str, ...] = ()
    red: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LookFor:
    """Something a good candidate does or says, to be ticked when it is seen."""

    id: str
    text: str
    criterion: str


@dataclass(frozen=True, slots=True)
class Nudge:
    """Help that is given in words. `price` is in points of a hundred; `bug` names the bug it is about, if one."""

    id: str
    text: str
    price: int
    bug: str = ""


@dataclass(frozen=True, slots=True)
class Probing:
    """A question with the answer to expect. `level` is junior, middle or senior; a bonus is no minus when missed."""

    id: str
    question: str
    answer: str
    level: str = "middle"
    bug: str = ""
    bonus: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of the interview. `say` is read aloud as it stands; texts are Markdown.

    In a stage with `bugs` the exercise's bug table and its nudges are at hand, in one with `probing` its questions.
    """

    id: str
    title: str
    minutes: int
    say: str
    conclusions: tuple[str, ...] = ()
    look_fors: tuple[LookFor, ...] = ()
    nudges: tuple[Nudge, ...] = ()
    questions: tuple[Probing, ...] = ()
    bugs: bool = False
    probing: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """What a total means: reached from `least` points of a hundred, with `needs_all` only when everything is proved."""

    id: str
    title: str
    least: int
    reading: str
    needs_all: bool = False


@dataclass(frozen=True, slots=True)
class Bonus:
    """Worth saying, never required."""

    id: str
    text: str
    points: int


class Round(StrEnum):
    """What kind of interview it is, which decides what exercise fits in."""

    DEBUG = "debug"
    IMPLEMENT = "implement"
    DIAGNOSIS = "diagnosis"
    CONCEPTS = "concepts"
    ANY = "any"

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of exercise it can be held with; none for a round of questions alone."""
        return _KINDS[self]


_KINDS: Mapping[Round, frozenset[Kind]] = {
    Round.DEBUG: frozenset({Kind.DEBUG}),
    Round.IMPLEMENT: frozenset({Kind.IMPLEMENT}),
    Round.DIAGNOSIS: frozenset({Kind.DEBUG}),
    Round.CONCEPTS: frozenset(),
    Round.ANY: frozenset({Kind.DEBUG, Kind.IMPLEMENT}),
}


@dataclass(frozen=True, slots=True)
class Shares:
    """How a hundred points are divided: what the grader proved, answers to questions, criteria."""

    work: int
    answers: int
    criteria: int


@dataclass(frozen=True, slots=True)
class Interview:
    """A script. `exercise` is the slug it is about; "" when any exercise can be put in, or none is needed.

    `shares` divides the points. A nudge that comes from the exercise, about a bug or from a hint, costs `nudge_price`;
    of the exercise's questions those in `bonus_questions` are a bonus. When it `begins_with_looks`, the exercise's
    script is hidden in a room until the candidate opens it, as the last of the looks at a run of it.
    """

    slug: str
    title: str
    summary: str
    file: Path
    round: Round
    exercise: str
    handout: str
    criteria: tuple[Criterion, ...]
    stages: tuple[Stage, ...]
    bands: tuple[Band, ...]
    bonuses: tuple[Bonus, ...] = ()
    covers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shares: Shares = Shares(50, 15, 35)
    nudge_price: int = 3
    bonus_questions: tuple[str, ...] = ()
    begins_with_looks: bool = False

    @property
    def minutes(self) -> int:
        """What its stages take together."""
        return sum(stage.minutes for stage in self.stages)

    def nudges(self, exercise: Exercise | None) -> tuple[Nudge, ...]:
        """Every nudge there is: the script's in its order, then one for each bug, or else for each hint."""
        written = tuple(nudge for stage in self.stages for nudge in stage.nudges)
        if exercise is None:
            return written
        if exercise.bugs:
            own = tuple(Nudge(f"about-{bug.id}", bug.nudge, self.nudge_price, bug.id) for bug in exercise.bugs)
        else:
            own = tuple(
                Nudge(f"hint-{number}", hint, self.nudge_price) for number, hint in enumerate(exercise.hints, start=1)
            )
        return written + own

    def questions(self, exercise: Exercise | None) -> tuple[Probing, ...]:
        """Every question there is: the script's in its order, then those about each bug of the exercise."""
        written = tuple(question for stage in self.stages for question in stage.questions)
        bugs = () if exercise is None else exercise.bugs
        return written + tuple(question for bug in bugs for question in self.questions_about(bug))

    def questions_about(self, bug: BugSpec) -> tuple[Probing, ...]:
        """The questions about one bug, called `BUG-1`, `BUG-2`, ... in the exercise's order; they go deeper."""
        first = _FIRST_LEVELS.get(bug.difficulty, 0)
        return tuple(
            Probing(name, asked.question, asked.answer, _level(first, number), bug.id, name in self.bonus_questions)
            for number, asked in enumerate(bug.probing, start=1)
            for name in (f"{bug.id}-{number}",)
        )


#: Whom a question is for.
QUESTION_LEVELS = ("junior", "middle", "senior")
#: By a bug's difficulty: the level of the first question about it. Of easy ones nobody is asked as a senior.
_FIRST_LEVELS = {"medium-hard": 1, "hard": 1}


def _level(first: int, number: int) -> str:
    """Whom the question of that number is for; the second goes one level deeper than the first, and the rest stay."""
    return QUESTION_LEVELS[min(first + number - 1, first + 1)]


class Actor(StrEnum):
    """Who did it. `SYSTEM` is torchdojo: verdicts, ticks, the clock."""

    INTERVIEWER = "interviewer"
    CANDIDATE = "candidate"
    OBSERVER = "observer"
    SYSTEM = "system"


class Happening(StrEnum):
    """What an event is about; `Event.data` holds what the comment behind it names.

    What a second interviewer thinks also has `by`, which is 2; without it an event is the first one's.
    """

    CREATED = "created"  # interview, exercise, seed, minutes, digest of both, interviewers, alone: nobody else is in it
    JOINED = "joined"  # name
    LEFT = "left"
    STARTED = "started"  # minutes
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENDED = "extended"  # minutes
    ENDED = "ended"
    STAGE = "stage"  # stage
    HIDDEN = "hidden"  # the exercise's script, until the look at it is opened
    LOOK = "look"  # look, minutes: its price; exhibits: what there is to see, none for the script
    EDIT = "edit"  # update: a Yjs update, base64
    RUN = "run"  # run: its number; source
    OUTPUT = "output"  # run, text, ended: set on the last one
    CURVE = "curve"  # run, name, x, y
    VERDICT = "verdict"  # run, report
    TICK = "tick"  # bug, state, evidence, run
    NUDGE = "nudge"  # nudge, text, price, shown
    LOOK_FOR = "look-for"  # look_for, seen
    NOTE = "note"  # text, tag
    ASKED = "asked"  # question, rating, note
    SIGNAL = "signal"  # criterion, signal, evidence
    BONUS = "bonus"  # bonus, seen
    FLAG = "flag"  # flag: green or red, criterion, text
    RELEASED = "released"  # what, text: as the candidate reads it
    SCRATCH = "scratch"  # text
    INVITED = "invited"  # interviewers: how many there are now
    HANDED_IN = "handed-in"  # by
    SCORING_CLOSED = "scoring-closed"
    ANSWER = "answer"  # stage or question, text: what somebody alone said before reading what is expected


#: What a candidate may be sent. Everything else stays with the interviewer.
OPEN_TO_CANDIDATES = frozenset(
    {
        Happening.JOINED,
        Happening.LEFT,
        Happening.STARTED,
        Happening.PAUSED,
        Happening.RESUMED,
        Happening.EXTENDED,
        Happening.ENDED,
        Happening.HIDDEN,
        Happening.LOOK,
        Happening.EDIT,
        Happening.OUTPUT,
        Happening.CURVE,
    }
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `number` counts from 1 without gaps; `seal` is chained to the seal before it.

    `at` is UTC; `elapsed` is the time since the start in seconds by a clock that never goes back, pauses left out.
    """

    number: int
    at: datetime
    elapsed: float
    actor: Actor
    kind: Happening
    data: Mapping[str, Any]
    seal: str = ""
