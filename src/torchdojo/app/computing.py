"""Computation: fresh questions from seeds, answers judged and kept, and where the learner stands."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torchdojo.app.catalogue import suggestion
from torchdojo.app.compose import Dojo
from torchdojo.app.torch_presence import require_torch
from torchdojo.domain.attempt import Attempt, Progress
from torchdojo.domain.computation import LEVEL_NAMES, LEVELS, MOST_SEED, AnswerKind, Instance
from torchdojo.domain.errors import BadInput
from torchdojo.domain.exercise import Exercise, Kind
from torchdojo.domain.judged import Judged, Outcome, judge
from torchdojo.domain.report import Report, Verdict
from torchdojo.domain.spelling import spelled

#: The level that is asked when none is named.
USUAL_LEVEL = 2


@dataclass(frozen=True, slots=True)
class LevelRecord:
    """Instances of one level: how many were answered, and how many right at the first try."""

    level: int
    answered: int
    right: int

    @property
    def name(self) -> str:
        """What the level is called."""
        return LEVEL_NAMES[self.level - 1]


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """A family and where the learner stands with it."""

    family: Exercise
    levels: tuple[LevelRecord, ...]

    @property
    def answered(self) -> int:
        """How many instances were answered, of any level."""
        return sum(level.answered for level in self.levels)

    @property
    def right(self) -> int:
        """How many of them were right at the first try."""
        return sum(level.right for level in self.levels)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with its verdict. `attempt` is None where nothing was kept, because it could not be read."""

    instance: Instance
    typed: str
    judged: Judged
    attempt: Attempt | None


def families(dojo: Dojo) -> list[Exercise]:
    """The computation families in curriculum order."""
    return [exercise for exercise in dojo.library.exercises() if exercise.kind is Kind.COMPUTE]


def find_family(dojo: Dojo, name: str) -> Exercise:
    """The family of that name. Raises BadInput with the nearest names, BadContent when its folder is broken."""
    found = dojo.library.find(name)
    if found is None or found.kind is not Kind.COMPUTE:
        known = [family.id for family in families(dojo)]
        raise BadInput(f"There is no computation family {name!r}.", _near(name, known))
    return found


def _near(name: str, known: list[str]) -> str:
    near = suggestion(name, known)
    return near if near.startswith("Did") else "`torchdojo compute --list` shows what there is."


def fresh_seed() -> int:
    """A seed nobody chose."""
    return secrets.randbelow(MOST_SEED)


def instance(dojo: Dojo, family: str, seed: int, level: int) -> Instance:
    """What the family asks under this seed and level; always the same.

    Raises BadInput (unknown family, seed or level out of range, no PyTorch), BadContent when the family is broken.
    """
    return instances(dojo, family, [(seed, level)])[0]


def instances(dojo: Dojo, family: str, asked: Sequence[tuple[int, int]]) -> list[Instance]:
    """The same for several (seed, level) pairs at once, which is faster."""
    found = find_family(dojo, family)
    for seed, level in asked:
        if level not in LEVELS:
            raise BadInput(f"There is no level {level}.", f"Levels are {LEVELS[0]} to {LEVELS[-1]}.")
        if not 0 <= seed <= MOST_SEED:
            raise BadInput(f"{seed} is no seed.", f"Seeds are whole numbers from 0 to {MOST_SEED}.")
    require_torch()
    questions = dojo.grader.questions(found, asked)
    return [Instance(found.id, seed, level, question) for (seed, level), question in zip(asked, questions, strict=True)]


def how_to_answer(asked: Instance) -> str:
    """How an answer to it is written."""
    question = asked.question
    if question.kind is AnswerKind.CHOICE:
        return f"Answer {' or '.join(question.choices)}."
    if question.kind is AnswerKind.SHAPE:
        return "A shape: (8, 64, 32, 32) or 8x64x32x32; raises, if it does."
    if question.kind is AnswerKind.BYTES:
        unit = question.unit
        return f"With a unit, such as 1.61 GB or 1.50 GiB, to three digits; without one it counts in {unit}."
    if question.kind is AnswerKind.DECIMAL:
        return f"To {question.decimals} decimals; a fraction or 1.2e-3 will do."
    exact = "three digits are enough (1.79k)" if question.rounding else "every digit counts"
    return f"A whole number: {exact}."


def shown_answer(asked: Instance) -> str:
    """The right answer with its unit; for after the attempt only."""
    question = asked.question
    unit = f" {question.unit}" if question.unit and question.kind is not AnswerKind.BYTES else ""
    return f"{spelled(question, question.answer)}{unit}"


def judge_answer(asked: Instance, text: str) -> Judged:
    """What `text` is worth as an answer. Keeps nothing, and never raises for anything that can be typed."""
    return judge(asked.question, text)


def answer(dojo: Dojo, asked: Instance, text: str, *, origin: str) -> Answered:
    """Judge an answer and keep it as an attempt, unless it could not be read. Raises StoreError."""
    judged = judge_answer(asked, text)
    if judged.outcome is Outcome.UNREADABLE:
        return Answered(asked, text, judged, None)
    right = judged.outcome is Outcome.RIGHT
    report = Report(
        exercise=asked.family,
        kind=str(Kind.COMPUTE),
        verdict=Verdict.PASSED if right else Verdict.WRONG_ANSWER,
        score=1.0 if right else 0.0,
        message=" ".join(filter(None, (judged.said, _told(judged.mistake)))),
        facts={"level": asked.level},
        seed=asked.seed,
    )
    kept = dojo.store.add_attempt(
        exercise=asked.family, source=text, submitted_at=dojo.clock.now(), report=report, origin=origin
    )
    return Answered(asked, text, judged, kept)


def _told(mistake: str) -> str:
    return f"That is what comes out when {mistake}." if mistake else ""


def rows(dojo: Dojo) -> list[FamilyRow]:
    """Every family with the learner's record."""
    progress = dojo.store.progress()
    return [_row(dojo, family, progress.get(family.id)) for family in families(dojo)]


def row(dojo: Dojo, family: Exercise) -> FamilyRow:
    """One family with the learner's record."""
    return FamilyRow(family, record(dojo.store.attempts(family.id)))


def _row(dojo: Dojo, family: Exercise, progress: Progress | None) -> FamilyRow:
    return FamilyRow(family, record(())) if progress is None else row(dojo, family)


def record(attempts: Iterable[Attempt]) -> tuple[LevelRecord, ...]:
    """By level, from attempts with the oldest first: of every instance only the first answer counts."""
    first: dict[tuple[int, int], bool] = {}
    for attempt in attempts:
        key = (int(attempt.report.facts.get("level", USUAL_LEVEL)), attempt.report.seed)
        first.setdefault(key, attempt.report.verdict is Verdict.PASSED)
    counted = []
    for level in LEVELS:
        own = [right for (known, _), right in first.items() if known == level]
        counted.append(LevelRecord(level, len(own), sum(own)))
    return tuple(counted)
