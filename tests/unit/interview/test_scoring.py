"""The score is a pure function of script, exercise and events, and its rules hold for whatever happens."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from tests.unit.interview.conftest import BUGS, signal, verdict

from torchdojo.domain.interview import Actor, Event, Happening, Signal
from torchdojo.interview.older_schemes import rating_by_count, signals_by_section, weighted_flags
from torchdojo.interview.rules import RULES
from torchdojo.interview.scorecard import BugMark, Scorecard
from torchdojo.interview.scoring import score

MEDIUM = (
    signal("debugging", "medium"),
    signal("gradients", "medium"),
    (Happening.ASKED, 42, {"question": "cost", "rating": "medium"}),
)
STRONG = (
    signal("debugging", "strong"),
    signal("gradients", "strong"),
    (Happening.ASKED, 42, {"question": "cost", "rating": "strong"}),
)


def nudge(name: str, price: int = 3):
    return Happening.NUDGE, 20, {"nudge": name, "text": "Look.", "price": price, "shown": False}


def tick(bug: str, state: str):
    return Happening.TICK, 30, {"bug": bug, "state": state, "evidence": "said so"}


def marks(card: Scorecard) -> list[BugMark]:
    return [bug.mark for bug in card.bugs]


@pytest.mark.parametrize(
    ("fixed", "met", "total", "band", "by_count"),
    [
        (8, True, 75.0, "hire", "Strong Hire"),
        (7, True, 66.9, "hire", "Hire"),
        (6, True, 61.2, "hire", "Hire"),
        (5, False, 53.1, "borderline", "Borderline"),
        (4, False, 47.5, "borderline", "Borderline"),
        (3, False, 41.9, "borderline", "Below Bar"),
        (2, False, 36.2, "below-bar", "Below Bar"),
        (1, False, 30.6, "below-bar", "No Hire"),
    ],
)
def test_medium_signals_lead_to_the_table_in_the_documentation(
    interview, exercise, log, fixed, met, total, band, by_count
):
    card = score(interview, exercise, log(verdict(30, fixed, met=met), *MEDIUM))
    assert card.total == pytest.approx(total, abs=0.11)
    assert (card.band, rating_by_count(card), card.complete) == (band, by_count, True)


def test_everything_proved_and_strong_is_a_hundred_and_the_best_band(interview, exercise, log):
    card = score(interview, exercise, log(verdict(30, 8, met=True), *STRONG))
    assert (card.total, card.band, card.proved, card.remarks) == (100.0, "strong-hire", True, ())


def test_the_goal_without_all_fixes_is_said_and_closes_the_best_band(interview, exercise, log):
    plenty = (Happening.BONUS, 40, {"bonus": "schedule", "seen": True})
    card = score(interview, exercise, log(verdict(30, 7, met=True), *STRONG, plenty))
    assert card.total > 90
    assert (card.band, card.proved) == ("hire", False)
    assert "with 1 of 8 bugs" in card.remarks[0]
    without = score(interview, exercise, log(verdict(30, 7, met=False), *STRONG, plenty))
    assert without.total < card.total


def test_nothing_run_is_nothing_proved(interview, exercise, log):
    card = score(interview, exercise, log(*STRONG))
    assert (card.parts[0].points, card.total, card.remarks) == (0.0, 50.0, ("Nothing was run.",))


def test_a_run_that_could_never_show_a_bug_proves_nothing(interview, exercise, log):
    crashed = score(interview, exercise, log(verdict(10, 0, lost=8)))
    assert set(marks(crashed)) == {BugMark.OPEN}


def test_fixed_before_and_without_evidence_in_the_end_counts_half(interview, exercise, log):
    card = score(interview, exercise, log(verdict(10, 4), verdict(20, 0, lost=8)))
    assert marks(card) == [BugMark.PARTLY] * 4 + [BugMark.OPEN] * 4
    assert card.parts[0].points == pytest.approx(50 * 0.9 * 2 / 8)


def test_a_bug_that_came_back_is_open_and_its_time_is_the_last_one(interview, exercise, log):
    back = score(interview, exercise, log(verdict(10, 4), verdict(20, 3)))
    assert back.bugs[3].mark is BugMark.OPEN
    again = score(interview, exercise, log(verdict(10, 4), verdict(20, 3), verdict(25, 4)))
    assert (again.bugs[0].at, again.bugs[3].at) == (600.0, 1500.0)


def test_only_the_grader_says_fixed(interview, exercise, log):
    ticked = score(interview, exercise, log(tick("bug-1", "fixed"), verdict(31, 0)))
    assert ticked.bugs[0].mark is BugMark.PARTLY
    proved = score(interview, exercise, log(verdict(10, 1), tick("bug-1", "open")))
    assert proved.bugs[0].mark is BugMark.FIXED


def test_after_the_time_a_fix_counts_half_unless_time_was_added(interview, exercise, log):
    late = score(interview, exercise, log(verdict(50, 8, met=True), *STRONG))
    assert set(marks(late)) == {BugMark.LATE}
    assert late.band != "strong-hire"
    extended = log((Happening.EXTENDED, 44, {"minutes": 10}), verdict(50, 8, met=True), *STRONG)
    assert score(interview, exercise, extended).total == 100.0


def test_new_bugs_cost_and_are_named(interview, exercise, log):
    clean = score(interview, exercise, log(verdict(30, 6), *MEDIUM))
    broken = score(interview, exercise, log(verdict(30, 6, new=("dead-relu", "bug-x")), *MEDIUM))
    assert broken.introduced == ("dead-relu", "bug-x")
    assert clean.total - broken.total == pytest.approx(10.0)


def test_our_own_failure_changes_nothing(interview, exercise, log):
    ours = (Happening.VERDICT, 35, {"run": 2, "report": {"verdict": "internal_error", "bugs": [], "score": 0}})
    sound = (verdict(30, 5), *MEDIUM)
    assert score(interview, exercise, log(*sound, ours)).total == score(interview, exercise, log(*sound)).total


def test_the_same_nudge_costs_once_and_all_together_have_a_limit(interview, exercise, log):
    base = score(interview, exercise, log(verdict(30, 8, met=True), *MEDIUM)).total
    once = score(interview, exercise, log(verdict(30, 8, met=True), *MEDIUM, nudge("where", 4), nudge("where", 4)))
    assert (base - once.total, once.bugs[0].nudges) == (4.0, 1)
    many = score(interview, exercise, log(verdict(30, 8, met=True), *MEDIUM, *(nudge("", 9) for _ in range(9))))
    assert base - many.total == 25.0


def test_bonuses_add_and_a_missed_one_takes_nothing(interview, exercise, log):
    base = score(interview, exercise, log(verdict(30, 4), *MEDIUM)).total
    weak = (Happening.ASKED, 42, {"question": "bug-1-2", "rating": "weak"})
    strong = (Happening.ASKED, 42, {"question": "bug-1-2", "rating": "strong"})
    clips = (Happening.BONUS, 42, {"bonus": "clipping", "seen": True})
    assert score(interview, exercise, log(verdict(30, 4), *MEDIUM, weak)).total == base
    assert score(interview, exercise, log(verdict(30, 4), *MEDIUM, strong, clips)).total == pytest.approx(base + 3)


def test_what_nobody_rated_is_left_out_and_the_card_says_so(interview, exercise, log):
    card = score(interview, exercise, log(verdict(30, 8, met=True), signal("debugging", "strong")))
    assert (card.total, card.complete, card.unrated) == (100.0, False, ("gradients",))
    assert "Out of 85 points" in card.remarks[0]


def test_look_fors_suggest_a_signal_and_bring_no_points(interview, exercise, log):
    seen = [(Happening.LOOK_FOR, 5, {"look_for": f"sees-{n}", "seen": True}) for n in range(3)]
    unseen = (Happening.LOOK_FOR, 6, {"look_for": "sees-2", "seen": False})
    strong = score(interview, exercise, log(verdict(30, 4), *MEDIUM, *seen))
    medium = score(interview, exercise, log(verdict(30, 4), *MEDIUM, *seen, unseen))
    assert [card.criteria[0].suggested for card in (strong, medium)] == [Signal.STRONG, Signal.MEDIUM]
    assert strong.total == medium.total == score(interview, exercise, log(verdict(30, 4), *MEDIUM)).total
    assert (medium.criteria[0].seen, medium.criteria[0].missed) == (("sees-0", "sees-1"), ("sees-2", "sees-3"))


def test_an_implement_exercise_is_scored_by_its_checks(interview, exercise, log):
    plain = replace(exercise, bugs=(), goal=None)

    def work(*runs: tuple[float, float]) -> float:
        events = log(*((Happening.VERDICT, at, {"report": {"score": share}}) for at, share in runs))
        return score(interview, plain, events).parts[0].points

    assert work((10, 0.5), (30, 0.8)) == pytest.approx(40)
    assert work((10, 0.8), (30, 0.0)) == pytest.approx(20)  # half of what an earlier run passed
    assert work((10, 0.5), (50, 1.0)) == pytest.approx(37.5)  # what came late counts half


def test_a_round_of_questions_has_no_work(interview, log):
    card = score(interview, None, log((Happening.ASKED, 3, {"question": "cost", "rating": "strong"}), *MEDIUM[:2]))
    assert [part.id for part in card.parts] == ["answers", "criteria"]
    assert card.total == 65.0


def test_the_older_schemes_are_derived(interview, exercise, log):
    card = score(interview, exercise, log(verdict(30, 4), signal("debugging", "weak"), signal("gradients", "strong")))
    assert signals_by_section(interview, card) == {"read": Signal.WEAK, "fix": Signal.STRONG}
    assert weighted_flags(card) == {
        "debugging_ability": ("HIGH", "red"),
        "gradient_understanding": ("MEDIUM", "green"),
    }


def test_a_changed_scorecard_is_refused_its_version_included(interview, exercise, log):
    card = score(interview, exercise, log(verdict(30, 4), *MEDIUM, nudge("where")))
    data = json.loads(json.dumps(card.to_json()))
    assert Scorecard.from_json(data) == card
    for key, value in (("version", 1), ("total", 99.0), ("band", "strong-hire"), ("remarks", ["Excellent."])):
        with pytest.raises(ValueError, match="seal"):
            Scorecard.from_json({**data, key: value})
    data["bugs"][0]["mark"] = "fixed" if data["bugs"][0]["mark"] != "fixed" else "open"
    with pytest.raises(ValueError, match="seal"):
        Scorecard.from_json(data)


def test_changing_a_rule_takes_a_new_version():
    rules = json.dumps({**asdict(RULES), "version": 0}, sort_keys=True).encode()
    # The second one adds how two scores become one, and changes no number.
    known = dict.fromkeys((1, 2), "122d5939bf73718744b6e51ddaceedebd8c5b4b7aa9f304cb946a9802cd41097")
    assert hashlib.sha256(rules).hexdigest() == known.get(RULES.version), "give the rules a new version, add its digest"


def test_garbage_in_the_log_neither_raises_nor_scores(interview, exercise, log):
    garbage = [
        (kind, 5, data)
        for kind in Happening
        for data in ({}, {"report": 3, "minutes": "x", "price": None, "signal": "superb", "rating": 4})
    ]
    clean = log(verdict(30, 4), *MEDIUM)
    assert (
        score(interview, exercise, log(*garbage, verdict(30, 4), *MEDIUM)).total
        == score(interview, exercise, clean).total
    )


fixture_once = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
numbers = some.integers(0, len(BUGS))
anything = some.lists(
    some.one_of(
        some.builds(verdict, some.floats(0, 60), numbers, met=some.booleans()),
        some.builds(signal, some.sampled_from(["debugging", "gradients"]), some.sampled_from(list(Signal))),
        some.builds(tick, some.sampled_from(BUGS), some.sampled_from(["fixed", "partly", "open"])),
        some.builds(nudge, some.sampled_from(["parts", "where", "about-bug-2", ""]), some.integers(0, 9)),
        some.builds(
            lambda name, rating: (Happening.ASKED, 40, {"question": name, "rating": rating}),
            some.sampled_from(["cost", "bug-1-1", "bug-1-2"]),
            some.sampled_from(list(Signal)),
        ),
    ),
    max_size=12,
)


@fixture_once
@given(
    happened=anything,
    more=some.lists(some.builds(nudge, some.sampled_from(["parts", "where", ""]), some.integers(0, 9))),
)
def test_more_nudges_never_raise_the_score(interview, exercise, log, happened, more):
    fewer = score(interview, exercise, log(*happened))
    assert score(interview, exercise, log(*happened, *more)).total <= fewer.total


@fixture_once
@given(happened=anything)
def test_the_total_stays_in_range_and_the_same_events_give_the_same_card(interview, exercise, log, happened):
    card = score(interview, exercise, log(*happened))
    assert 0 <= card.total <= 100
    assert score(interview, exercise, reversed(log(*happened))) == card
    assert Scorecard.from_json(card.to_json()) == card


@fixture_once
@given(fixed=some.integers(0, 7), met=some.booleans(), minute=some.floats(0, 45))
def test_mending_more_never_lowers_the_score(interview, exercise, log, fixed, met, minute):
    fewer = score(interview, exercise, log(verdict(minute, fixed, met=met), *MEDIUM))
    assert score(interview, exercise, log(verdict(minute, fixed + 1, met=met), *MEDIUM)).total >= fewer.total


@fixture_once
@given(data=some.data())
def test_the_order_of_independent_events_does_not_matter(interview, exercise, log, data):
    independent = [
        *MEDIUM,
        tick("bug-3", "partly"),
        nudge("parts", 2),
        nudge("where", 4),
        (Happening.LOOK_FOR, 5, {"look_for": "sees-1", "seen": True}),
        (Happening.FLAG, 6, {"flag": "green", "criterion": "gradients", "text": "derives it"}),
        (Happening.FLAG, 7, {"flag": "red", "criterion": "gradients", "text": "guesses"}),
        (Happening.BONUS, 8, {"bonus": "clipping", "seen": True}),
        (Happening.EXTENDED, 9, {"minutes": 5}),
        verdict(47, 5),
    ]
    shuffled = data.draw(some.permutations(independent))
    assert score(interview, exercise, log(*shuffled)) == score(interview, exercise, log(*independent))


def test_who_did_it_matters_for_ticks(interview, exercise, log):
    by_system = [replace(event, actor=Actor.SYSTEM) for event in log(tick("bug-1", "fixed"))]
    assert score(interview, exercise, by_system).bugs[0].mark is BugMark.FIXED
    assert all(isinstance(event, Event) for event in by_system)
