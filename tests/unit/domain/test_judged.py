"""A wrong answer is told which part is wrong and which mistake leads there; an unreadable one is no answer."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchdojo.domain import asking
from torchdojo.domain.computation import RAISES, Question
from torchdojo.domain.judged import Outcome, judge
from torchdojo.domain.spelling import spelled, typed_forms

BIAS = "the bias is left out"


def count(answer: int, *, rounding: bool = False) -> Question:
    return asking.whole(
        "?",
        answer=answer,
        formula=answer,
        working="",
        unit="parameters",
        rounding=rounding,
        mistakes=[(answer - 64, BIAS)],
    )


def picture(answer, *wrong) -> Question:
    parts = ("batch", "channels", "height", "width")
    return asking.shape("?", answer=answer, formula=answer, working="", parts=parts, mistakes=wrong)


def gibibytes(amount: int) -> Question:
    return asking.memory(
        "?", answer=amount, formula=amount, working="", unit="GiB", mistakes=[(2 * amount, "it is doubled")]
    )


def test_the_mistake_behind_a_number_is_named():
    assert judge(count(1792), "1,728").mistake == BIAS
    assert judge(count(1792, rounding=True), "1.73k").mistake == BIAS
    assert judge(count(1792), "1,729").mistake == ""


def test_too_large_and_too_small_are_told_apart():
    assert "large" in judge(count(1792), "2000").said
    assert "small" in judge(count(1792), "-5").said


@pytest.mark.parametrize(
    ("typed", "outcome"), [("1.79k", "right"), ("1.8k", "unreadable"), ("1.80k", "wrong"), ("1800", "wrong")]
)
def test_rounding_where_it_is_allowed(typed, outcome):
    assert judge(count(1792, rounding=True), typed).outcome == outcome


def test_rounding_where_every_digit_counts_is_no_answer():
    assert judge(count(1792), "1.79k").outcome is Outcome.UNREADABLE
    assert judge(count(1792), "1.792k").outcome is Outcome.RIGHT


def test_the_wrong_size_is_pointed_at_without_the_right_one():
    judged = judge(picture((8, 64, 32, 30)), "8x64x32x31")
    assert judged.wrong_parts == (3,)
    assert judged.said == "Only the fourth size (width) is wrong."


def test_several_wrong_sizes_are_all_named():
    said = judge(picture((8, 64, 32, 30)), "8, 3, 32, 31").said
    assert "channels" in said
    assert "width" in said
    assert "batch" not in said


def test_a_missing_dimension_is_told():
    assert judge(picture((8, 64, 32, 30)), "8x64x32").said == "It has 4 dimensions, you wrote 3."


def test_raising_and_running_are_told_apart():
    wrong = ((4, 4), "sizes that do not fit are overlooked")
    assert judge(picture(RAISES, wrong), "4x4").mistake == wrong[1]
    assert judge(picture(RAISES), "it raises").outcome is Outcome.RIGHT
    assert "shape comes out" in judge(picture((4, 4)), "raises").said


@pytest.mark.parametrize("typed", ["1.5", "1.5 GiB", "1.50 GiB", "1.61 GB", "1536 MiB", "1,610,612,736 B"])
def test_memory_counts_in_every_unit(typed):
    assert judge(gibibytes(1610612736), typed).outcome is Outcome.RIGHT


def test_gigabytes_for_gibibytes_are_noticed():
    assert judge(gibibytes(1610612736), "1.50 GB").mistake == "the number is right for GiB, and you wrote GB"
    assert judge(gibibytes(1610612736), "1.61 GiB").mistake == "the number is right for GB, and you wrote GiB"


@pytest.mark.parametrize(
    ("typed", "outcome"), [("0.036", "right"), ("0.0361", "right"), ("0.038", "wrong"), ("3.61e-2", "right")]
)
def test_decimals_are_as_exact_as_asked(typed, outcome):
    made = asking.decimal(
        "?", answer=0.03608, formula=0.03608, working="", decimals=3, mistakes=[(0.088, "He is taken")]
    )
    assert judge(made, typed).outcome == outcome
    assert judge(made, "0.088").mistake == "He is taken"


def test_a_mistake_that_misses_nothing_is_no_distractor():
    made = asking.whole("?", answer=8, formula=8, working="", unit="", mistakes=[(8, "a"), (9, "b"), (9, "c")])
    assert [each.mistake for each in made.distractors] == ["b"]


@given(st.integers(0, 10**13))
def test_every_spelling_of_a_count_and_of_memory_is_right(amount):
    for made in (count(amount), count(amount, rounding=True), gibibytes(amount)):
        for form in (*typed_forms(made), spelled(made, amount)):
            assert judge(made, form).outcome is Outcome.RIGHT, form


@given(st.lists(st.integers(0, 10**6), max_size=6).map(tuple))
def test_every_spelling_of_a_shape_is_right(sizes):
    for form in typed_forms(picture(sizes)):
        assert judge(picture(sizes), form).outcome is Outcome.RIGHT, form


@given(st.integers(-(10**9), 10**9).map(lambda number: number / 10**6), st.integers(1, 5))
def test_every_spelling_of_a_decimal_is_right(value, decimals):
    made = asking.decimal("?", answer=value, formula=value, working="", decimals=decimals, mistakes=())
    for form in typed_forms(made):
        assert judge(made, form).outcome is Outcome.RIGHT, form


@given(st.text(max_size=300))
def test_whatever_is_typed_gets_a_verdict(text):
    for made in (
        count(7),
        picture((1, 2)),
        gibibytes(9),
        asking.yes_no("?", answer=True, formula=True, working="", mistake="m"),
    ):
        assert judge(made, text).outcome in list(Outcome)


def test_a_question_survives_its_journey():
    for made in (count(7), picture((1, 2), (RAISES, "r")), picture(RAISES), gibibytes(9)):
        assert Question.from_json(json.loads(json.dumps(made.to_json()))) == made
    with pytest.raises(ValueError, match="incomplete"):
        Question.from_json(replace(count(7)).to_json() | {"answer": None})
