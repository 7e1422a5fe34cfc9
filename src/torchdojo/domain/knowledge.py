"""What there is to know: interview questions and study guides, with the pieces of them that become cards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What an interviewer asks next, and a full answer in Markdown. `id` is unique in its document."""

    id: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class FactTable:
    """Facts side by side: the first column names the thing, the others say what holds of it. Cells are Markdown."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose, and why it is right or which mistake leads to it."""

    text: str
    right: bool
    why: str


@dataclass(frozen=True, slots=True)
class QuizItem:
    """A question with options (one or more of them right), or without any and with `answer` in Markdown."""

    id: str
    question: str
    options: tuple[Option, ...] = ()
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement can be read: a title and an address or a publication."""

    title: str
    where: str


@dataclass(frozen=True, slots=True)
class Question:
    """One interview question. Texts are Markdown below the heading; `level` is from 1 to 5.

    `answer` is what a strong candidate says in two minutes, `depth` what is behind it, `code` runs, `wrong` (may be
    empty) is what is commonly said and wrong. `covers` maps a section's id to the requirements it meets.
    """

    slug: str
    topic: str
    title: str
    level: int
    summary: str
    file: Path
    answer: str
    depth: str
    code: str
    wrong: str = ""
    follow_ups: tuple[FollowUp, ...] = ()
    tables: tuple[FactTable, ...] = ()
    quizzes: tuple[QuizItem, ...] = ()
    sources: tuple[Source, ...] = ()
    exercises: tuple[str, ...] = ()
    bugs: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    covers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a guide: its heading with level (2 or deeper) and anchor, and the Markdown below it."""

    id: str
    heading: str
    depth: int
    text: str
    table: FactTable | None = None
    quiz: QuizItem | None = None


@dataclass(frozen=True, slots=True)
class Guide:
    """A study guide: `lead` is the Markdown before the first section. `minutes` is the time to read it."""

    slug: str
    title: str
    summary: str
    order: int
    minutes: int
    file: Path
    lead: str
    sections: tuple[Section, ...]
    sources: tuple[Source, ...] = ()
    exercises: tuple[str, ...] = ()
    covers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def tables(self) -> tuple[FactTable, ...]:
        """Its fact tables in order."""
        return tuple(section.table for section in self.sections if section.table is not None)

    @property
    def quizzes(self) -> tuple[QuizItem, ...]:
        """Its quiz items in order."""
        return tuple(section.quiz for section in self.sections if section.quiz is not None)


@dataclass(frozen=True, slots=True)
class Topic:
    """A row of questions on one subject; `id` is the folder's name."""

    id: str
    title: str
    summary: str = ""
