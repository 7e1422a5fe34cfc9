"""Cards as the page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from torchdojo.app.reviewing import Showing
from torchdojo.app.typed_answers import TypedAnswer, how_to_type, judge_typed
from torchdojo.domain.card import Card, CardKind, Rating
from torchdojo.domain.knowledge import Option

_PLACES = {
    "question": "/questions/",
    "guide": "/guides/",
    "exercise": "/exercises/",
    "kind": "/explain/",
    "compute": "/compute/",
}


@dataclass(frozen=True, slots=True)
class RatingButton:
    """One of the four buttons."""

    rating: int
    name: str
    after: str
    suggested: bool


@dataclass(frozen=True, slots=True)
class LetteredOption:
    """An option with the key that chooses it."""

    letter: str
    option: Option


@dataclass(frozen=True, slots=True)
class CardView:
    """A card to be answered. `several` says that more than one option is right; `drill` names a kind to practise.

    A `sealed` one is answered by typing first: its back must not be on the page. `how` says how its answer is written,
    `choices` are the words to choose one from, `typed` is what was typed, with its verdict.
    """

    showing: Showing
    buttons: tuple[RatingButton, ...]
    options: tuple[LetteredOption, ...]
    several: bool
    address: str
    drill: str
    revealed: bool
    sealed: bool
    how: str
    choices: tuple[str, ...]
    typed: TypedAnswer | None

    @property
    def card(self) -> Card:
        """The card itself."""
        return self.showing.card


def card_view(showing: Showing, *, revealed: bool = False, text: str = "") -> CardView:
    """The card as the page shows it, with its answer in sight or not; `text` is what was typed as the answer."""
    card = showing.card
    typed = judge_typed(showing, text) if card.typed and text.strip() else None
    # What could not be read was no answer, so the right one stays a secret.
    revealed = revealed and (typed is None or typed.counts)
    suggested = typed.suggested if typed else None
    return CardView(
        showing,
        tuple(RatingButton(int(each), each.spoken, showing.after[each], each is suggested) for each in Rating),
        tuple(LetteredOption(letter, option) for letter, option in zip("abcdefghij", card.options, strict=False)),
        sum(option.right for option in card.options) > 1,
        address(card.link),
        card.link.partition(":")[2] if card.kind is CardKind.DRILL else "",
        revealed=revealed,
        sealed=card.typed and not revealed,
        how=how_to_type(showing) if card.typed else "",
        choices=showing.instance.question.choices if showing.instance else (),
        typed=typed,
    )


def address(link: str) -> str:
    """Where a link such as "question:SLUG" leads on this site; "" for nowhere."""
    place, _, slug = link.partition(":")
    return f"{_PLACES[place]}{slug}" if place in _PLACES and slug else ""


@dataclass(frozen=True, slots=True)
class ForecastDay:
    """One day of the forecast; `share` is the length of its bar in percent."""

    name: str
    count: int
    share: int


def forecast_view(forecast: Sequence[tuple[date, int]]) -> list[ForecastDay]:
    """The days with their bars."""
    most = max((count for _, count in forecast), default=0)
    return [
        ForecastDay(
            "Today" if number == 0 else day.strftime("%a %d %b"), count, round(100 * count / most) if most else 0
        )
        for number, (day, count) in enumerate(forecast)
    ]
