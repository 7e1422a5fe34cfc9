"""Cards: what is asked again and again, how well it is remembered, and the log of every answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from torchdojo.domain.knowledge import Option


class CardKind(StrEnum):
    """How a card asks."""

    #: A question and its answer.
    BASIC = "basic"

    #: A question with options to choose from.
    CHOICE = "choice"

    #: A text with gaps.
    CLOZE = "cloze"

    #: A computation, with other numbers each time.
    COMPUTE = "compute"

    #: A program whose output is to be typed.
    OUTPUT = "output"

    #: A bug to find again in a fresh script.
    DRILL = "drill"


@dataclass(frozen=True, slots=True)
class Card:
    """One thing to know. Texts are Markdown.

    `id` lasts: it names the piece of content, so that other words keep the history. `source` says where it comes from
    in words, `link` leads there as content does it ("question:SLUG", "exercise:SLUG", ...; "" for nowhere). A choice
    has `options`; a cloze has `gaps`, the texts that its front leaves open, in order; `printed` is what the program of
    an OUTPUT card prints.
    """

    id: str
    kind: CardKind
    topic: str
    front: str
    back: str
    source: str = ""
    link: str = ""
    options: tuple[Option, ...] = ()
    gaps: tuple[str, ...] = ()
    printed: str = ""

    @property
    def typed(self) -> bool:
        """Whether the answer is typed and judged, instead of only thought of."""
        return self.kind in (CardKind.COMPUTE, CardKind.OUTPUT)


class Rating(IntEnum):
    """How well it went, by the key that is pressed."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4

    @property
    def spoken(self) -> str:
        """As written on a button."""
        return self.name.capitalize()


class Phase(StrEnum):
    """Where a card stands between never seen and remembered."""

    NEW = "new"
    LEARNING = "learning"
    REVIEW = "review"
    RELEARNING = "relearning"


@dataclass(frozen=True, slots=True)
class CardState:
    """How well one card is remembered: all of it follows from the card's log. Times are UTC.

    `entries` counts the log's entries for the card, whatever they are; it is the place of the next one. `due` is None
    as long as the card was never answered.
    """

    card: str
    entries: int = 0
    phase: Phase = Phase.NEW
    step: int | None = None
    stability: float | None = None
    difficulty: float | None = None
    due: datetime | None = None
    last_review: datetime | None = None
    reviews: int = 0
    lapses: int = 0
    suspended: bool = False


class Act(StrEnum):
    """What an entry of the log says was done."""

    REVIEW = "review"
    UNDO = "undo"
    SUSPEND = "suspend"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class ReviewLog:
    """One entry of the log, which is only ever added to.

    `place` is the entry's number among those of its card, from 0. Card and place together name the showing that was
    answered, so that an answer sent twice counts once. `retention` and `most_days` are the settings it was scheduled
    by: with them the log alone gives the state again. `undone` is the place of the entry that an undo takes back.
    `number` orders the entries of all cards; it is 0 until the store gives it.
    """

    card: str
    place: int
    act: Act
    at: datetime
    rating: Rating | None = None
    phase: Phase = Phase.NEW
    retention: float = 0.0
    most_days: int = 0
    took_ms: int = 0
    undone: int | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class CardNote:
    """What the learner wrote on a card."""

    card: str
    text: str
    saved_at: datetime
