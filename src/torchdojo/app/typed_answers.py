"""Cards whose answer is typed: what the answer is worth, and which rating follows from it."""

from __future__ import annotations

from dataclasses import dataclass

from torchdojo.app import computing
from torchdojo.app.reviewing import Showing
from torchdojo.domain.blocks import run_blocks
from torchdojo.domain.card import Rating
from torchdojo.domain.judged import Judged, Outcome
from torchdojo.domain.printed import judge_printed, labels_of

#: Characters; an answer is a number, a shape or a few printed lines.
LONGEST_ANSWER = 2000

_SUGGESTED = {Outcome.RIGHT: Rating.GOOD, Outcome.WRONG: Rating.AGAIN, Outcome.UNREADABLE: None}


@dataclass(frozen=True, slots=True)
class TypedAnswer:
    """What was typed, with its verdict. `suggested` is only a suggestion: a slip may be rated Hard."""

    text: str
    judged: Judged

    @property
    def counts(self) -> bool:
        """Whether it could be read: only then it was an answer, and the right one may be shown."""
        return self.judged.outcome is not Outcome.UNREADABLE

    @property
    def suggested(self) -> Rating | None:
        """The rating that follows from the verdict."""
        return _SUGGESTED[self.judged.outcome]


def judge_typed(shown: Showing, text: str) -> TypedAnswer:
    """What `text` is worth as the answer to a card that is typed. Keeps nothing, and never raises."""
    if len(text) > LONGEST_ANSWER:
        told = f"That is longer than {LONGEST_ANSWER:,} characters."
        return TypedAnswer(text[:LONGEST_ANSWER], Judged(Outcome.UNREADABLE, told))
    if shown.instance is not None:
        return TypedAnswer(text, computing.judge_answer(shown.instance, text))
    labels = [label for block in run_blocks(shown.card.front) for label in labels_of(block.source)]
    return TypedAnswer(text, judge_printed(shown.card.printed, text, labels))


def how_to_type(shown: Showing) -> str:
    """How an answer to the card is written."""
    if shown.instance is not None:
        return computing.how_to_answer(shown.instance)
    return (
        "Line by line. Spaces do not matter, 3 stands for 3.0, and what print(…) spells out in quotes may be left out."
    )
