"""Where cards come from: questions, guides, kinds of bugs, computations, and the learner's own mistakes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING

from torchdojo.app.compose import Dojo
from torchdojo.app.fresh import computation_cards
from torchdojo.app.mistakes import mistake_cards
from torchdojo.app.output_cards import output_cards
from torchdojo.domain.card import Card, CardKind
from torchdojo.domain.knowledge import FactTable, FollowUp, Guide, Question, QuizItem

if TYPE_CHECKING:
    from torchdojo.bugs import BugKind

#: The topic of what interviewers ask about kinds of bugs.
DEBUGGING = "debugging"

#: Stands for a cell of a fact table that has to be remembered.
GAP = "…"


def all_cards(dojo: Dojo) -> list[Card]:
    """Every card there is: own mistakes first, then by topic in the order of the content. No id comes twice."""
    found = [*mistake_cards(dojo), *_of_questions(dojo), *_of_guides(dojo), *_of_bug_kinds(), *computation_cards(dojo)]
    return list({card.id: card for card in reversed(found)}.values())[::-1]


def topics(cards: Iterable[Card]) -> list[str]:
    """The topics of the cards, in their order."""
    return list(dict.fromkeys(card.topic for card in cards))


def _of_questions(dojo: Dojo) -> Iterator[Card]:
    yield from _by_turns([question_cards(question) for question in dojo.library.questions()])


def _of_guides(dojo: Dojo) -> Iterator[Card]:
    yield from _by_turns([guide_cards(guide) for guide in dojo.library.guides()])


def question_cards(question: Question) -> Iterator[Card]:
    """The two-minute answer, what is asked next, facts, quizzes and a program of one question."""
    home = f"question/{question.slug}"
    link = f"question:{question.slug}"
    yield Card(
        f"{home}/answer",
        CardKind.BASIC,
        question.topic,
        question.title,
        question.answer,
        "The whole answer, in depth",
        link,
    )
    yield from (_follow_up(home, question, item, link) for item in question.follow_ups)
    for table in question.tables:
        yield from fact_cards(home, question.topic, question.title, table, link)
    yield from (_quiz(home, question.topic, item, question.title, link) for item in question.quizzes)
    yield from output_cards(question)


def guide_cards(guide: Guide) -> Iterator[Card]:
    """Facts and quizzes of one guide."""
    home = f"guide/{guide.slug}"
    link = f"guide:{guide.slug}"
    for table in guide.tables:
        yield from fact_cards(home, guide.slug, guide.title, table, link)
    yield from (_quiz(home, guide.slug, item, guide.title, link) for item in guide.quizzes)


def fact_cards(home: str, topic: str, source: str, table: FactTable, link: str) -> Iterator[Card]:
    """One card for each row: the first cell is given, the others are the gaps."""
    taken: dict[str, int] = {}
    for row in table.rows:
        name = _slug(row[0])
        taken[name] = taken.get(name, 0) + 1
        # The row's own words name it, so that it can move within its table.
        own = name if taken[name] == 1 else f"{name}-{taken[name]}"
        gaps = tuple(cell for cell in row[1:] if cell.strip())
        if not gaps:
            continue
        hidden = (row[0], *(GAP if cell.strip() else "" for cell in row[1:]))
        yield Card(
            f"{home}/{table.id}/{own}",
            CardKind.CLOZE,
            topic,
            f"{table.title[:1].upper()}{table.title[1:]}\n\n{_table(table.columns, hidden)}",
            _table(table.columns, row),
            source,
            link,
            gaps=gaps,
        )


def _follow_up(home: str, question: Question, item: FollowUp, link: str) -> Card:
    source = f"Follow-up to: {question.title}"
    return Card(f"{home}/{item.id}", CardKind.BASIC, question.topic, item.question, item.answer, source, link)


def _quiz(home: str, topic: str, item: QuizItem, source: str, link: str) -> Card:
    if not item.options:
        return Card(f"{home}/{item.id}", CardKind.BASIC, topic, item.question, item.answer, source, link)
    back = item.answer or "\n".join(f"- {option.text}" for option in item.options if option.right)
    return Card(f"{home}/{item.id}", CardKind.CHOICE, topic, item.question, back, source, link, options=item.options)


def _of_bug_kinds() -> Iterator[Card]:
    from torchdojo.bugs import bug_kinds

    yield from _by_turns([_kind_cards(kind) for kind in bug_kinds().values()])


def _kind_cards(kind: BugKind) -> Iterator[Card]:
    link = f"kind:{kind.slug}"
    for number, asked in enumerate(kind.interview, 1):
        name = f"kind/{kind.slug}/{number}"
        yield Card(name, CardKind.BASIC, DEBUGGING, asked.question, asked.answer, kind.title, link)


def _by_turns(documents: Iterable[Iterable[Card]]) -> Iterator[Card]:
    """The first card of each document, then the second: new cards do not dwell on one subject."""
    for cards in zip_longest(*documents):
        yield from (card for card in cards if card is not None)


def _table(columns: tuple[str, ...], row: tuple[str, ...]) -> str:
    lines = [columns, ("---",) * len(columns), row]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "row"
