"""Cards as the page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from torchdojo.app.reviewing import Showing
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


@dataclass(frozen=True, slots=True)
class LetteredOption:
    """An option with the key that chooses it."""

    letter: str
    option: Option


@dataclass(frozen=True, slots=True)
class CardView:
    """A card to be answered. `several` says that more than one option is right; `drill` names a kind to practise."""

    showing: Showing
    buttons: tuple[RatingButton, ...]
    options: tuple[LetteredOption, ...]
    several: bool
    address: str
    drill: str

    @property
    def card(self) -> Card:
        """The card itself."""
        return self.showing.card


def card_view(showing: Showing) -> CardView:
    """The card as the page shows it."""
    card = showing.card
    return CardView(
        showing,
        tuple(RatingButton(int(rating), rating.spoken, showing.after[rating]) for rating in Rating),
        tuple(LetteredOption(letter, option) for letter, option in zip("abcdefghij", card.options, strict=False)),
        sum(option.right for option in card.options) > 1,
        address(card.link),
        card.link.partition(":")[2] if card.kind is CardKind.DRILL else "",
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
