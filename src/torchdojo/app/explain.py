"""What a word in a report means: bug kinds, verdicts, states, isolation levels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import indent
from typing import TYPE_CHECKING

from torchdojo.app.catalogue import suggestion
from torchdojo.app.compose import Dojo
from torchdojo.app.words import WORDS
from torchdojo.domain.errors import BadInput
from torchdojo.domain.knowledge import Guide, Question, QuizItem, Source

if TYPE_CHECKING:
    from torchdojo.bugs import BugKind


@dataclass(frozen=True, slots=True)
class Explanation:
    """A page about one word; `markdown` begins below the title.

    `of` is "question" or "guide" where it has a page of its own, "kind" for a kind of bug.
    """

    slug: str
    title: str
    markdown: str
    of: str = ""


def explain(dojo: Dojo, slug: str) -> Explanation:
    """The page about a bug kind (or a bug of an exercise), verdict, state or isolation level; a question or a guide.

    Raises BadInput with the nearest words.
    """
    if slug in WORDS:
        title, text = WORDS[slug]
        return Explanation(slug, title, text)
    from torchdojo.bugs import bug_kinds

    kinds = bug_kinds()
    named = slug if slug in kinds else _kind_of_bug(dojo, slug)
    if named in kinds:
        return _of_kind(kinds[named])
    if (question := dojo.library.question(slug)) is not None:
        return _of_question(question)
    if (guide := dojo.library.guide(slug)) is not None:
        return _of_guide(guide)
    raise BadInput(f"There is nothing called {slug!r} to explain.", suggestion(slug, explainable(dojo)))


def explainable(dojo: Dojo) -> list[str]:
    """Every word that can be explained: bug kinds, verdicts, states and isolation levels, questions, guides."""
    from torchdojo.bugs import bug_kinds

    questions = (question.slug for question in dojo.library.questions())
    return [*bug_kinds(), *WORDS, *questions, *(guide.slug for guide in dojo.library.guides())]


def _kind_of_bug(dojo: Dojo, bug_id: str) -> str:
    return next((bug.kind for e in dojo.library.exercises() for bug in e.bugs if bug.id == bug_id), "")


def _of_kind(kind: BugKind) -> Explanation:
    parts = [kind.summary, f"*{kind.category}, {kind.difficulty}*"]
    parts += [f"## {heading}\n\n{text}" for heading, text in kind.documentation().items()]
    if kind.interview:
        parts.append("## In an interview")
        parts += [f"**{each.question}**\n\n{each.answer}" for each in kind.interview]
    return Explanation(kind.slug, kind.title, "\n\n".join(parts) + "\n", "kind")


def _of_question(question: Question) -> Explanation:
    parts = [f"*{question.topic}, level {question.level} of 5*", question.answer]
    parts += ["## In depth", question.depth, "## In code", question.code]
    if question.wrong:
        parts += ["## Commonly said, and wrong", question.wrong]
    parts += [f"## {follow_up.question}\n\n{follow_up.answer}" for follow_up in question.follow_ups]
    parts += [_quiz(quiz, "## ") for quiz in question.quizzes]
    return Explanation(question.slug, question.title, _page([*parts, *_sources(question.sources)]), "question")


def _of_guide(guide: Guide) -> Explanation:
    parts = [guide.lead]
    for section in guide.sections:
        marks = "#" * section.depth + " "
        parts.append(
            f"{marks}{section.heading}\n\n{section.text}" if section.quiz is None else _quiz(section.quiz, marks)
        )
    return Explanation(guide.slug, guide.title, _page([*parts, *_sources(guide.sources)]), "guide")


def _quiz(quiz: QuizItem, marks: str) -> str:
    options = [
        f"- {'✓' if option.right else '✗'} {option.text}\n\n{indent(option.why, '  ')}" for option in quiz.options
    ]
    return "\n\n".join([f"{marks}{quiz.question}", *options, quiz.answer])


def _sources(sources: Sequence[Source]) -> list[str]:
    if not sources:
        return []
    return ["## Sources", "\n".join(f"- {source.title}: {source.where}" for source in sources)]


def _page(parts: Sequence[str]) -> str:
    """The parts as a terminal shows them: without the ids of headings, and pictures as what they show."""
    text = "\n\n".join(parts) + "\n"
    text = re.sub(r"^(#+ )(?:Facts: )?(.*?) \{#[a-z0-9-]+\}$", r"\1\2", text, flags=re.MULTILINE)
    return re.sub(r"!\[([^\]]*)\]\(pictures/[^)]*\)", r"(Picture: \1)", text)
