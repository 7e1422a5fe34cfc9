"""What is asked today, and what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from torchdojo.domain.card import Act, Card, CardKind, CardState, Phase, Rating, ReviewLog
from torchdojo.scheduling.days import Days
from torchdojo.scheduling.figures import forecast, retention
from torchdojo.scheduling.memory import Tuning, answered
from torchdojo.scheduling.queue import Limits, Spent, is_due, next_at, queue, spent

DAYS = Days(ZoneInfo("Europe/Berlin"), 4)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def card(name: str, topic: str = "tensors") -> Card:
    return Card(name, CardKind.BASIC, topic, "front", "back")


def learned(name: str, due: datetime) -> CardState:
    return CardState(name, 1, Phase.REVIEW, None, 10.0, 5.0, due, min(due, NOON) - timedelta(days=5), reviews=3)


def test_a_learned_card_is_due_from_the_morning_of_its_day() -> None:
    state = learned("a", datetime(2026, 6, 1, 20, tzinfo=UTC))
    assert is_due(state, DAYS.start_of(DAYS.day_of(NOON)), DAYS)
    assert not is_due(state, DAYS.start_of(DAYS.day_of(NOON)) - timedelta(seconds=1), DAYS)
    assert not is_due(replace(state, suspended=True), NOON, DAYS)


def test_a_card_being_learned_is_due_to_the_minute() -> None:
    state = answered(CardState("a"), Rating.GOOD, NOON, Tuning())
    assert not is_due(state, NOON + timedelta(minutes=9), DAYS)
    assert is_due(state, NOON + timedelta(minutes=10), DAYS)
    assert next_at([state], NOON, DAYS) == NOON + timedelta(minutes=10)
    assert next_at([state], NOON + timedelta(minutes=10), DAYS) is None


def test_what_was_answered_while_the_clock_was_a_year_ahead_is_asked_again() -> None:
    ahead = answered(CardState("a"), Rating.EASY, NOON + timedelta(days=365), Tuning())
    assert is_due(ahead, NOON, DAYS)
    mended = answered(ahead, Rating.GOOD, NOON, Tuning())
    assert mended.due is not None
    assert NOON < mended.due < NOON + timedelta(days=200)
    assert not is_due(mended, NOON, DAYS)


def test_a_clock_put_back_by_an_hour_asks_nothing_twice() -> None:
    state = answered(CardState("a"), Rating.EASY, NOON, Tuning())
    assert not is_due(state, NOON - timedelta(hours=1), DAYS)


def test_limits_count_what_today_has_seen_already() -> None:
    cards = [card(f"old{n}") for n in range(5)] + [card(f"new{n}") for n in range(5)]
    states = {f"old{n}": learned(f"old{n}", NOON) for n in range(5)}
    found = queue(cards, states, NOON, DAYS, Limits(new=3, reviews=4), Spent(new=1, reviews=1))
    assert (len(found.reviews), len(found.new), found.held_back) == (3, 2, 5)


def test_a_card_that_is_being_learned_is_never_held_back() -> None:
    state = answered(CardState("a"), Rating.AGAIN, NOON, Tuning())
    later = NOON + timedelta(minutes=2)
    found = queue([card("a")], {"a": state}, later, DAYS, Limits(0, 0), Spent())
    assert found.order == ("a",)


def test_states_of_content_that_is_gone_are_left_alone() -> None:
    found = queue([card("a")], {"gone": learned("gone", NOON)}, NOON, DAYS, Limits(), Spent())
    assert found.order == ("a",)


def test_a_first_session_shows_something_of_every_topic() -> None:
    cards = [card(f"{topic}{n}", topic) for topic in "xyz" for n in range(9)]
    found = queue(cards, {}, NOON, DAYS, Limits(new=6), Spent())
    assert found.new == ("x0", "y0", "z0", "x1", "y1", "z1")


def test_after_a_card_of_one_topic_the_next_topic_has_its_turn() -> None:
    cards = [card(f"{topic}{n}", topic) for topic in "xyz" for n in range(9)]
    states = {"x0": answered(CardState("x0"), Rating.EASY, NOON, Tuning())}
    found = queue(cards, states, NOON, DAYS, Limits(new=4), Spent(new=1))
    assert found.new == ("y0", "z0", "x1")


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 9), st.integers(0, 9), st.integers())
def test_every_card_is_asked_once_or_counted_as_held_back(
    old: int, new: int, most_new: int, most_reviews: int, seed: int
) -> None:
    cards = [card(f"old{n}") for n in range(old)] + [card(f"new{n}") for n in range(new)]
    states = {f"old{n}": learned(f"old{n}", NOON - timedelta(days=n)) for n in range(old)}
    found = queue(cards, states, NOON, DAYS, Limits(most_new, most_reviews), Spent(), seed=seed)
    assert len(set(found.order)) == len(found.order) == len(found)
    assert len(found.new) <= most_new
    assert len(found.reviews) <= most_reviews
    assert len(found) + found.held_back == old + new
    assert found == queue(cards, states, NOON, DAYS, Limits(most_new, most_reviews), Spent(), seed=seed)


def entry(name: str, at: datetime, phase: Phase, rating: Rating = Rating.GOOD) -> ReviewLog:
    return ReviewLog(name, 0, Act.REVIEW, at, rating, phase)


def test_the_limits_are_of_the_learners_day() -> None:
    late = datetime(2026, 6, 1, 1, 59, tzinfo=UTC)  # 3:59 in Berlin: still yesterday
    log = [entry("a", late, Phase.NEW), entry("b", late, Phase.REVIEW), entry("c", NOON, Phase.NEW)]
    assert spent(log, NOON, DAYS) == Spent(new=1, reviews=0)
    assert spent(log, late, DAYS) == Spent(new=1, reviews=1)


def test_the_forecast_counts_every_card_once_and_what_is_overdue_today() -> None:
    states = [learned("a", NOON - timedelta(days=9)), learned("b", NOON + timedelta(days=2))]
    states.append(replace(learned("c", NOON), suspended=True))
    assert [count for _, count in forecast(states, NOON, DAYS, 4)] == [1, 0, 1, 0]


def test_retention_counts_only_cards_that_had_time_to_be_forgotten() -> None:
    log = [
        entry("a", NOON, Phase.REVIEW, Rating.AGAIN),
        entry("b", NOON, Phase.REVIEW, Rating.HARD),
        entry("c", NOON, Phase.NEW, Rating.AGAIN),
        entry("d", NOON - timedelta(days=60), Phase.REVIEW, Rating.AGAIN),
    ]
    assert retention(log, NOON, DAYS).share == 0.5
    assert retention([], NOON, DAYS).share is None
