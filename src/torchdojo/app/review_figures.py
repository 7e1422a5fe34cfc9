"""Where the learner stands with their cards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from torchdojo.app.compose import Dojo
from torchdojo.app.reviewing import Desk, desk
from torchdojo.domain.card import Card, CardState, Phase
from torchdojo.scheduling.figures import Retention, answered_by_day, forecast, retention
from torchdojo.scheduling.replaying import is_leech, standing_entries

#: Days looked back on for the retention figure and for the calendar of answers.
LOOKED_BACK = 30
FORECAST_DAYS = 14

#: A card that comes back after this long is known well.
_WELL_KNOWN_DAYS = 21.0


@dataclass(frozen=True, slots=True)
class TopicFigures:
    """The cards of one topic: how many, how many were ever seen, how many are known well."""

    topic: str
    total: int
    seen: int
    well: int


@dataclass(frozen=True, slots=True)
class ReviewFigures:
    """`leeches` are cards forgotten so often that another way to learn them is due; `aside` are not asked."""

    desk: Desk
    retention: Retention
    topics: tuple[TopicFigures, ...]
    forecast: tuple[tuple[date, int], ...]
    answered: tuple[tuple[date, int], ...]
    leeches: tuple[Card, ...]
    aside: tuple[Card, ...]

    @property
    def seen(self) -> int:
        """How many cards were ever answered."""
        return sum(topic.seen for topic in self.topics)

    @property
    def total(self) -> int:
        """How many cards there are."""
        return sum(topic.total for topic in self.topics)


def review_figures(dojo: Dojo, at: Desk | None = None) -> ReviewFigures:
    """All of it, for the cards that are there."""
    at = at or desk(dojo)
    days, now = at.settings.days, at.now
    since = days.start_of(days.day_of(now) - timedelta(days=LOOKED_BACK))
    log = standing_entries(dojo.store.log_since(since))
    states = [at.states[card] for card in at.cards if card in at.states]
    return ReviewFigures(
        desk=at,
        retention=retention(log, now, days, LOOKED_BACK),
        topics=tuple(_topic(at, topic) for topic in at.topics),
        forecast=tuple(forecast(states, now, days, FORECAST_DAYS)),
        answered=tuple(answered_by_day(log, now, days, LOOKED_BACK)),
        leeches=tuple(at.cards[state.card] for state in states if is_leech(state)),
        aside=tuple(at.cards[state.card] for state in states if state.suspended),
    )


def _topic(at: Desk, topic: str) -> TopicFigures:
    states = [at.state(card.id) for card in at.cards.values() if card.topic == topic]
    seen = sum(state.phase is not Phase.NEW for state in states)
    return TopicFigures(topic, len(states), seen, sum(_is_well_known(state) for state in states))


def _is_well_known(state: CardState) -> bool:
    return state.phase is Phase.REVIEW and (state.stability or 0.0) >= _WELL_KNOWN_DAYS
