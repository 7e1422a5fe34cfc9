"""What a word in a report means: bug kinds, verdicts, states, isolation levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchdojo.app.catalogue import suggestion
from torchdojo.app.compose import Dojo
from torchdojo.app.words import WORDS
from torchdojo.domain.errors import BadInput

if TYPE_CHECKING:
    from torchdojo.bugs import BugKind


@dataclass(frozen=True, slots=True)
class Explanation:
    """A page about one word; `markdown` begins below the title."""

    slug: str
    title: str
    markdown: str


def explain(dojo: Dojo, slug: str) -> Explanation:
    """The page about a bug kind (or a bug of an exercise), verdict, state or isolation level.

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
    raise BadInput(f"There is nothing called {slug!r} to explain.", suggestion(slug, explainable()))


def explainable() -> list[str]:
    """Every word that can be explained: bug kinds first, then verdicts, states and isolation levels."""
    from torchdojo.bugs import bug_kinds

    return [*bug_kinds(), *WORDS]


def _kind_of_bug(dojo: Dojo, bug_id: str) -> str:
    return next((bug.kind for e in dojo.library.exercises() for bug in e.bugs if bug.id == bug_id), "")


def _of_kind(kind: BugKind) -> Explanation:
    parts = [kind.summary, f"*{kind.category}, {kind.difficulty}*"]
    parts += [f"## {heading}\n\n{text}" for heading, text in kind.documentation().items()]
    if kind.interview:
        parts.append("## In an interview")
        parts += [f"**{each.question}**\n\n{each.answer}" for each in kind.interview]
    return Explanation(kind.slug, kind.title, "\n\n".join(parts) + "\n")
