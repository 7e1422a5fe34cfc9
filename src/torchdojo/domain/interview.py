"""An interview as content: what is said, what is looked for, how it is scored; and what happens in one, as events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any


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
    """A stretch of the interview. `say` is read aloud as it stands; texts are Markdown."""

    id: str
    title: str
    minutes: int
    say: str
    conclusions: tuple[str, ...] = ()
    look_fors: tuple[LookFor, ...] = ()
    nudges: tuple[Nudge, ...] = ()
    questions: tuple[Probing, ...] = ()


@dataclass(frozen=True, slots=True)
class Band:
    """What a total means: reached from `least` points of a hundred."""

    id: str
    title: str
    least: int
    reading: str


@dataclass(frozen=True, slots=True)
class Bonus:
    """Worth saying, never required."""

    id: str
    text: str
    points: int


@dataclass(frozen=True, slots=True)
class Interview:
    """A script. `exercise` is the slug it is about; "" when any exercise can be put in, or none is needed."""

    slug: str
    title: str
    summary: str
    file: Path
    round: str
    exercise: str
    handout: str
    criteria: tuple[Criterion, ...]
    stages: tuple[Stage, ...]
    bands: tuple[Band, ...]
    bonuses: tuple[Bonus, ...] = ()
    covers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def minutes(self) -> int:
        """What its stages take together."""
        return sum(stage.minutes for stage in self.stages)


class Actor(StrEnum):
    """Who did it. `SYSTEM` is torchdojo: verdicts, ticks, the clock."""

    INTERVIEWER = "interviewer"
    CANDIDATE = "candidate"
    OBSERVER = "observer"
    SYSTEM = "system"


class Happening(StrEnum):
    """What an event is about; `Event.data` holds what the comment behind it names."""

    CREATED = "created"  # interview, exercise, seed, minutes, digest of both
    JOINED = "joined"  # name
    LEFT = "left"
    STARTED = "started"  # minutes
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENDED = "extended"  # minutes
    ENDED = "ended"
    STAGE = "stage"  # stage
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
