"""Running the programs that stand in questions, guides and cards, as they are or varied. Nothing is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from torchdojo.app.card_sources import all_cards
from torchdojo.app.compose import Dojo
from torchdojo.app.ports import EventSink
from torchdojo.app.torch_presence import require_torch
from torchdojo.domain.blocks import BlockRun, RunBlock, run_blocks
from torchdojo.domain.card import Card
from torchdojo.domain.errors import BadInput
from torchdojo.domain.knowledge import Guide, Question, QuizItem

#: Characters: what stands in a text is far shorter.
LONGEST_SOURCE = 20_000


def blocks_of(card: Card) -> list[RunBlock]:
    """The programs of a card: those of its front, then those of its back."""
    return run_blocks(f"{card.front}\n\n{card.back}")


def run_block(
    dojo: Dojo,
    place: str,
    source: str,
    *,
    on_event: EventSink | None = None,
    cancel: threading.Event | None = None,
) -> BlockRun:
    """Run `source`, a block of `place` or a variation of one, in the sandbox.

    `place` is a card's id, "question/SLUG" or "guide/SLUG". Raises BadInput for a place without a block, a text that
    is far too long, or where PyTorch is missing; Cancelled, and InternalError when we broke.
    """
    if len(source) > LONGEST_SOURCE:
        raise BadInput(f"The program is longer than {LONGEST_SOURCE:,} characters.", "Make it shorter.")
    if not any(run_blocks(text) for text in _texts(dojo, place)):
        raise BadInput(f"There is nothing to run at {place!r}.", "Reload the page.")
    require_torch()
    return dojo.grader.run_block(source, on_event=on_event, cancel=cancel)


def _texts(dojo: Dojo, place: str) -> Iterator[str]:
    kind, _, slug = place.partition("/")
    question = dojo.library.question(slug) if kind == "question" and "/" not in slug else None
    guide = dojo.library.guide(slug) if kind == "guide" and "/" not in slug else None
    if question is not None:
        yield from _of_question(question)
    elif guide is not None:
        yield from _of_guide(guide)
    else:
        for card in all_cards(dojo):
            if card.id == place:
                yield from (card.front, card.back)


def _of_question(question: Question) -> Iterator[str]:
    yield from (question.answer, question.depth, question.code, question.wrong)
    yield from (follow_up.answer for follow_up in question.follow_ups)
    for quiz in question.quizzes:
        yield from _of_quiz(quiz)


def _of_guide(guide: Guide) -> Iterator[str]:
    yield guide.lead
    yield from (section.text for section in guide.sections)
    for quiz in guide.quizzes:
        yield from _of_quiz(quiz)


def _of_quiz(quiz: QuizItem) -> Iterator[str]:
    yield from (quiz.question, quiz.answer, *(option.why for option in quiz.options))
