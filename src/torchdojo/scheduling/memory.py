"""When a card is asked again: FSRS, with a spread that follows from a seed and steps that tell the ratings apart."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import fsrs

from torchdojo.domain.card import CardState, Phase, Rating

#: The shortest and longest share of cards to be remembered that can be asked for.
RETENTIONS = (0.7, 0.97)

_STATES = {
    Phase.LEARNING: fsrs.State.Learning,
    Phase.REVIEW: fsrs.State.Review,
    Phase.RELEARNING: fsrs.State.Relearning,
}
_PHASES = {state: phase for phase, state in _STATES.items()}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tuning:
    """How sure the learner wants to be, and after how many days at the latest every card comes back."""

    retention: float = 0.93
    most_days: int = 365


def answered(state: CardState, rating: Rating, at: datetime, tuning: Tuning) -> CardState:
    """`state` after an answer at `at` (UTC). The next time is always later than `at`."""
    return outcomes(state, at, tuning)[rating]


def outcomes(state: CardState, at: datetime, tuning: Tuning) -> dict[Rating, CardState]:
    """What each rating at `at` would lead to: the better the rating, the later the card comes back.

    Only where the longest interval allowed is reached do ratings lead to the same day.
    """
    scheduler = fsrs.Scheduler(
        desired_retention=tuning.retention, maximum_interval=tuning.most_days, enable_fuzzing=False
    )
    # All four ratings are spread alike, so that their order stays.
    share = random.Random(f"{state.card}/{state.entries}").uniform(-1, 1)
    found: dict[Rating, CardState] = {}
    least = 1
    for rating in Rating:
        card, _ = scheduler.review_card(_of_library(state, at), fsrs.Rating(rating), at)
        interval = card.due - at
        if card.state is fsrs.State.Review:
            days = min(max(_spread(interval // _DAY, share), least), tuning.most_days)
            least = days + 1
            interval = days * _DAY
        lapsed = rating is Rating.AGAIN and state.phase is Phase.REVIEW
        found[rating] = replace(
            state,
            entries=state.entries + 1,
            phase=_PHASES[card.state],
            step=card.step,
            stability=card.stability,
            difficulty=card.difficulty,
            due=at + interval,
            last_review=at,
            reviews=state.reviews + 1,
            lapses=state.lapses + lapsed,
        )
    return found


def recall(state: CardState, at: datetime) -> float:
    """How probable it is that the card is remembered at `at`; 0 for one never answered."""
    return 0.0 if state.last_review is None else fsrs.Scheduler().get_card_retrievability(_of_library(state, at), at)


def _of_library(state: CardState, at: datetime) -> fsrs.Card:
    return fsrs.Card(
        card_id=0,
        state=_STATES.get(state.phase, fsrs.State.Learning),
        step=state.step,
        stability=state.stability,
        difficulty=state.difficulty,
        due=at,
        last_review=state.last_review,
    )


def _spread(days: int, share: float) -> int:
    """`days`, moved by up to a tenth, so that cards learned together do not come back together for ever."""
    return days if days < 3 else round(days + share * max(1.0, 0.05 * days + 0.35))
