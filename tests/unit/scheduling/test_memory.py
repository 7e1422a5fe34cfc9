"""Whatever is answered whenever: later than now, better is later, and the log alone gives the same state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from torchdojo.domain.card import Act, CardState, Phase, Rating, ReviewLog
from torchdojo.scheduling.memory import RETENTIONS, Tuning, answered, outcomes, recall
from torchdojo.scheduling.replaying import LEECH_LAPSES, advanced, becomes_leech, is_leech, replayed, standing_entries

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

ratings = st.sampled_from(Rating)
tunings = st.builds(Tuning, st.floats(*RETENTIONS), st.integers(1, 1000))
#: Also the clock that is put back by a year.
steps = st.timedeltas(timedelta(days=-366), timedelta(days=366)).map(
    lambda step: timedelta(milliseconds=step // timedelta(milliseconds=1))
)
histories = st.lists(st.tuples(ratings, steps), max_size=12)


def after(history: list[tuple[Rating, timedelta]], tuning: Tuning) -> tuple[CardState, datetime]:
    state, now = CardState("facts/a"), NOON
    for rating, step in history:
        now = max(now + step, datetime(2020, 1, 1, tzinfo=UTC))
        state = answered(state, rating, now, tuning)
    return state, now


@given(histories, tunings, ratings, steps)
def test_nothing_is_due_before_it_was_answered(
    history: list[tuple[Rating, timedelta]], tuning: Tuning, rating: Rating, step: timedelta
) -> None:
    state, now = after(history, tuning)
    at = now + step
    rated = answered(state, rating, at, tuning)
    assert rated.due is not None
    assert at < rated.due <= at + timedelta(days=max(1, tuning.most_days))
    assert 0 <= recall(rated, at) <= 1


@given(histories, tunings, steps)
def test_the_better_the_answer_the_later_it_comes_back(
    history: list[tuple[Rating, timedelta]], tuning: Tuning, step: timedelta
) -> None:
    state, now = after(history, tuning)
    at = now + step
    due = [outcome.due for outcome in outcomes(state, at, tuning).values()]
    longest = at + timedelta(days=tuning.most_days)
    for sooner, later in pairwise(due):
        assert sooner is not None
        assert later is not None
        assert sooner < later or sooner == later == longest


def test_a_first_answer_shows_the_order_in_plain_figures() -> None:
    due = {rating: state.due for rating, state in outcomes(CardState("facts/a"), NOON, Tuning(0.9)).items()}
    assert due[Rating.AGAIN] == NOON + timedelta(minutes=1)
    assert due[Rating.GOOD] == NOON + timedelta(minutes=10)
    easy = due[Rating.EASY]
    assert easy is not None
    assert timedelta(days=4) < easy - NOON < timedelta(days=15)


def test_cards_learned_together_do_not_all_come_back_together() -> None:
    good = [(Rating.GOOD, timedelta()), (Rating.GOOD, timedelta(days=1)), (Rating.GOOD, timedelta(days=12))]
    due = set()
    for card in range(20):
        state, now = CardState(f"facts/{card}"), NOON
        for rating, step in good:
            now += step
            state = answered(state, rating, now, Tuning())
        due.add(state.due)
    assert len(due) > 2


acts = st.lists(st.tuples(st.sampled_from([*Rating, "suspend", "resume", "undo"]), steps), max_size=14)


def written(history: list[tuple[Rating | str, timedelta]], tuning: Tuning) -> tuple[CardState, list[ReviewLog]]:
    """A log as the application writes it, and the state it arrived at on the way."""
    state, now = CardState("facts/a"), NOON
    log: list[ReviewLog] = []
    for act, step in history:
        now += step
        if act == "undo":
            standing = standing_entries(log)
            if not standing:
                continue
            log.append(ReviewLog("facts/a", len(log), Act.UNDO, now, undone=standing[-1].place))
            state = replayed("facts/a", log)
            continue
        rating = act if isinstance(act, Rating) else None
        kind = Act.REVIEW if rating else Act(str(act))
        entry = ReviewLog("facts/a", len(log), kind, now, rating, state.phase, tuning.retention, tuning.most_days)
        log.append(entry)
        state = advanced(state, entry)
    return state, log


@given(acts, tunings)
def test_the_same_log_gives_the_same_state(history: list[tuple[Rating | str, timedelta]], tuning: Tuning) -> None:
    state, log = written(history, tuning)
    assert replayed("facts/a", log) == state
    assert replayed("facts/a", reversed(log)) == state


@given(acts, tunings, ratings)
def test_an_undo_leaves_everything_as_it_was(
    history: list[tuple[Rating | str, timedelta]], tuning: Tuning, rating: Rating
) -> None:
    before, log = written(history, tuning)
    step = timedelta(minutes=1)
    after_undo, longer = written([*history, (rating, step), ("undo", step)], tuning)
    assert len(longer) == len(log) + 2
    # Only the place in the log is another: no two showings have the same name.
    assert after_undo.entries == before.entries + 2
    assert (after_undo.due, after_undo.phase, after_undo.stability) == (before.due, before.phase, before.stability)
    assert (after_undo.reviews, after_undo.lapses) == (before.reviews, before.lapses)


def test_a_card_forgotten_again_and_again_is_a_leech() -> None:
    state, now = CardState("facts/a"), NOON
    warnings = []
    for round_ in range(LEECH_LAPSES + 4):
        while state.phase is not Phase.REVIEW:
            now += timedelta(minutes=20)
            state = answered(state, Rating.GOOD, now, Tuning())
        now += timedelta(days=3)
        before, state = state, answered(state, Rating.AGAIN, now, Tuning())
        if becomes_leech(before, state):
            warnings.append(round_ + 1)
        assert is_leech(state) == (round_ + 1 >= LEECH_LAPSES)
    assert warnings == [6, 9]
