"""Search over everything that can be read: exercises, questions, follow-ups, quizzes, guides, kinds of bugs."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchdojo.app.catalogue import searchable
from torchdojo.app.compose import Dojo
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.knowledge import Guide, Question, QuizItem

if TYPE_CHECKING:
    from torchdojo.bugs import BugKind
    from torchdojo.store.text_index import TextIndex

#: Hits that are looked at, pages that are told of, and hits told of for each.
_HITS, _PAGES, _HITS_OF_PAGE = 120, 25, 4
#: What is commonest in formulas, as it is read.
_SIGNS = {r"\cdot": "·", r"\times": "×", r"\sqrt": "√", r"\partial": "∂", r"\le ": "≤ ", r"\ge ": "≥ "}


@dataclass(frozen=True, slots=True)
class Hit:
    """A place on a page. `place` is its id, "" for the page itself; `excerpt` alternates plain and found words."""

    title: str
    place: str
    excerpt: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageHits:
    """A page that was found. `kind` is "exercise", "question", "guide" or "kind" (of bugs)."""

    kind: str
    slug: str
    title: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: str
    slug: str
    page: str
    title: str
    place: str
    names: str
    text: str


class Search:
    """Finds pages. The index is made at the first search, and anew when content has changed. Safe to use by threads."""

    def __init__(self, dojo: Dojo) -> None:
        self._dojo = dojo
        self._lock = threading.Lock()
        self._content: tuple[object, ...] = ()
        self._entries: list[_Entry] = []
        self._index: TextIndex | None = None

    def find(self, text: str) -> list[PageHits]:
        """The pages that have the words of `text`, best first, each with its best places."""
        entries, index = self._made()
        pages: dict[tuple[str, str], list[Hit]] = {}
        titles: dict[tuple[str, str], str] = {}
        for found in index.find(text, _HITS):
            entry = entries[found.position]
            hits = pages.setdefault((entry.kind, entry.slug), [])
            titles[entry.kind, entry.slug] = entry.page
            if len(hits) < _HITS_OF_PAGE:
                hits.append(Hit(entry.title, entry.place, found.excerpt))
        shown = list(pages.items())[:_PAGES]
        return [PageHits(kind, slug, titles[kind, slug], tuple(hits)) for (kind, slug), hits in shown]

    def _made(self) -> tuple[list[_Entry], TextIndex]:
        from torchdojo.bugs import bug_kinds
        from torchdojo.store.text_index import Piece, TextIndex

        library = self._dojo.library
        content = (*library.exercises(), *library.questions(), *library.guides())
        with self._lock:
            # The library hands out the same objects until a file changes.
            same = len(content) == len(self._content) and all(map(_is, content, self._content))
            if self._index is None or not same:
                self._entries = [*_entries(content), *_kinds(list(bug_kinds().values()))]
                self._index = TextIndex([Piece(entry.title, entry.names, entry.text) for entry in self._entries])
                self._content = content
            return self._entries, self._index


def _is(one: object, other: object) -> bool:
    return one is other


def _entries(content: Sequence[object]) -> Iterator[_Entry]:
    for text in content:
        if isinstance(text, Exercise):
            yield _Entry("exercise", text.id, text.title, text.title, "", searchable(text), plain(text.prompt))
        elif isinstance(text, Question):
            yield from _of_question(text)
        elif isinstance(text, Guide):
            yield from _of_guide(text)


def _of_question(question: Question) -> Iterator[_Entry]:
    def entry(title: str, place: str, text: str) -> _Entry:
        names = f"{question.slug} {question.topic}" if not place else ""
        return _Entry("question", question.slug, question.title, title, place, names, plain(text))

    yield entry(question.title, "", f"{question.summary}\n{question.answer}")
    for title, place, text in (
        ("In depth", "depth", question.depth),
        ("In code", "code", question.code),
        ("Commonly said, and wrong", "wrong", question.wrong),
    ):
        if text:
            yield entry(title, place, text)
    for follow_up in question.follow_ups:
        yield entry(follow_up.question, follow_up.id, follow_up.answer)
    for quiz in question.quizzes:
        yield entry(quiz.question.partition("\n")[0], quiz.id, _spoken_quiz(quiz))


def _of_guide(guide: Guide) -> Iterator[_Entry]:
    page = ("guide", guide.slug, guide.title)
    yield _Entry(*page, guide.title, "", guide.slug, plain(f"{guide.summary}\n{guide.lead}"))
    for section in guide.sections:
        text = section.text if section.quiz is None else _spoken_quiz(section.quiz)
        yield _Entry(*page, section.heading, section.id, "", plain(text))


def _kinds(kinds: Sequence[BugKind]) -> Iterator[_Entry]:
    for kind in kinds:
        asked = [f"{each.question}\n{each.answer}" for each in kind.interview]
        text = "\n".join([kind.summary, *kind.documentation().values(), *asked])
        yield _Entry("kind", kind.slug, kind.title, kind.title, "", f"{kind.slug} {kind.category}", plain(text))


def _spoken_quiz(quiz: QuizItem) -> str:
    options = (f"{option.text}: {option.why}" for option in quiz.options)
    return "\n".join([quiz.question.partition("\n")[2], *options, quiz.answer])


def plain(markdown: str) -> str:
    """Markdown as words, for an excerpt: without fences, rules of tables, emphasis, ids, and addresses of links."""
    text = re.sub(r"^[ \t]*(```|~~~).*$", "", markdown, flags=re.MULTILINE)
    text = re.sub(r"^[ \t]*\|?[ \t:|-]+\|[ \t:|-]*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"^#+ (?:Facts: )?(.*?)(?: \{#[a-z0-9-]+\})?$", r"\1.", text, flags=re.MULTILINE)
    text = re.sub(r"^[ \t]*[-*] (?:\[[ x]\] )?", "", text, flags=re.MULTILINE)
    text = re.sub(r"!?\[([^\]]*)\]\([^)\s]*\)", r"\1", text)
    text = re.sub(r"\*\*|`|\$|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)", "", text)
    for name, sign in _SIGNS.items():
        text = text.replace(name, sign)
    return re.sub(r"\s+", " ", text.replace("|", " ")).strip()
