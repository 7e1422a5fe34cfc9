"""Browse questions, guides and kinds of bugs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from torchdojo.app.catalogue import suggestion
from torchdojo.app.compose import Dojo
from torchdojo.domain.errors import BadInput
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.knowledge import Guide, Question, Topic

if TYPE_CHECKING:
    from torchdojo.bugs import BugKind


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question and its number among all."""

    number: int
    question: Question


@dataclass(frozen=True, slots=True)
class TopicRows:
    """A topic with those of its questions that were asked for."""

    topic: Topic
    rows: tuple[QuestionRow, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A question with everything around it: its number, its neighbours, and what it leads to."""

    question: Question
    number: int
    total: int
    topic: Topic
    before: QuestionRow | None
    after: QuestionRow | None
    exercises: tuple[Exercise, ...]
    bugs: tuple[tuple[str, str], ...]
    see: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class KindRows:
    """A category of bugs and its kinds."""

    category: str
    kinds: tuple[BugKind, ...]


def list_questions(
    dojo: Dojo, *, topic: str | None = None, level: int | None = None, text: str = ""
) -> list[QuestionRow]:
    """The questions in order, narrowed down; every word of `text` has to stand in one's name, title, summary or topic.

    Raises BadInput for a topic that does not exist.
    """
    rows = [QuestionRow(number, q) for number, q in enumerate(dojo.library.questions(), start=1)]
    topics = [known.id for known in dojo.library.topics()]
    if topic is not None and topic not in topics:
        raise BadInput(f"There is no topic {topic!r}.", f"There are: {', '.join(topics)}.")
    return [
        row
        for row in rows
        if (topic is None or row.question.topic == topic)
        and (level is None or row.question.level == level)
        and all(word in searchable_question(row.question) for word in text.lower().split())
    ]


def by_topic(dojo: Dojo, rows: Sequence[QuestionRow]) -> list[TopicRows]:
    """`rows` under their topics in order; topics without any are left out."""
    grouped = [
        TopicRows(topic, tuple(row for row in rows if row.question.topic == topic.id))
        for topic in dojo.library.topics()
    ]
    return [group for group in grouped if group.rows]


def searchable_question(question: Question) -> str:
    """What a search in the list of questions looks at, in lower case."""
    asked = (follow_up.question for follow_up in question.follow_ups)
    return " ".join((question.slug, question.title, question.summary, question.topic, *asked)).lower()


def find_question(dojo: Dojo, slug: str) -> Placed:
    """The question of that name with what is around it. Raises BadInput with the nearest names."""
    question = dojo.library.question(slug)
    rows = list_questions(dojo)
    if question is None:
        raise BadInput(f"There is no question {slug!r}.", suggestion(slug, [row.question.slug for row in rows]))
    place = next(number for number, row in enumerate(rows) if row.question.slug == slug)
    known = {row.question.slug: row.question for row in rows}
    return Placed(
        question,
        place + 1,
        len(rows),
        next(topic for topic in dojo.library.topics() if topic.id == question.topic),
        rows[place - 1] if place else None,
        rows[place + 1] if place + 1 < len(rows) else None,
        _exercises(dojo, question.exercises),
        _bugs(question.bugs),
        tuple(known[name] for name in question.see if name in known),
    )


def find_guide(dojo: Dojo, slug: str) -> Guide:
    """The guide of that name. Raises BadInput with the nearest names."""
    guide = dojo.library.guide(slug)
    if guide is None:
        raise BadInput(
            f"There is no guide {slug!r}.", suggestion(slug, [known.slug for known in dojo.library.guides()])
        )
    return guide


def guide_exercises(dojo: Dojo, guide: Guide) -> tuple[Exercise, ...]:
    """The exercises that a guide leads to."""
    return _exercises(dojo, guide.exercises)


def picture(text: Question | Guide, name: str) -> str:
    """The SVG of a picture that the text shows; "" when there is none."""
    root = text.file.parent if isinstance(text, Guide) else text.file.parents[2] / "guides"
    file = root / "pictures" / Path(name).name
    return file.read_text(encoding="utf-8") if file.is_file() and file.suffix == ".svg" else ""


def kinds_by_category() -> list[KindRows]:
    """Every kind of bug, by category."""
    from torchdojo.bugs import bug_kinds

    kinds = sorted(bug_kinds().values(), key=lambda kind: (kind.category, kind.title))
    return [
        KindRows(category, tuple(kind for kind in kinds if kind.category == category))
        for category in dict.fromkeys(kind.category for kind in kinds)
    ]


def questions_about(dojo: Dojo, kind: str) -> list[Question]:
    """The questions that lead to the kind of bug."""
    return [question for question in dojo.library.questions() if kind in question.bugs]


def searchable_kind(kind: BugKind) -> str:
    """What a search in the list of kinds of bugs looks at, in lower case."""
    return " ".join((kind.slug, kind.title, kind.summary, kind.category)).lower()


def _exercises(dojo: Dojo, slugs: Sequence[str]) -> tuple[Exercise, ...]:
    known = {exercise.id: exercise for exercise in dojo.library.exercises()} if slugs else {}
    return tuple(known[slug] for slug in slugs if slug in known)


def _bugs(slugs: Sequence[str]) -> tuple[tuple[str, str], ...]:
    if not slugs:
        return ()
    from torchdojo.bugs import bug_kinds

    kinds = bug_kinds()
    return tuple((slug, kinds[slug].title) for slug in slugs if slug in kinds)
