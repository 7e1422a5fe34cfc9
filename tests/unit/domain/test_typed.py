"""Answers are read in every spelling a person may well use, and nothing that is typed breaks the reading."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchdojo.domain.computation import RAISES
from torchdojo.domain.typed import Unreadable, read_bytes, read_choice, read_decimal, read_shape, read_whole

SIZES = st.lists(st.integers(0, 10**9), min_size=2, max_size=6)


@pytest.mark.parametrize(
    "text",
    [
        "1792",
        "1,792",
        "1_792",
        "1 792",
        "1'792",
        "1\u00a0792",
        " 1792 ",
        "1792 parameters",
        "1.792k",
        "1.792e3",
        "1.792 x 10^3",
        "1.792*10**3",
        "+1792",
        "1792.",
        "١٧٩٢",
        "１７９２",
        "1.792 thousand",
    ],
)
def test_one_number_in_many_spellings(text):
    assert read_whole(text, "parameters").value == 1792


@given(st.integers(-(10**18), 10**18))
def test_whole_numbers_are_read_as_written(number):
    for form in (f"{number}", f"{number:,}", f"{number:_}"):
        assert read_whole(form).value == number


@given(st.integers(10**3, 10**15))
def test_a_rounded_number_is_as_exact_as_it_says(number):
    for form in (f"{number:.3e}", f"{number / 1000:.2f}k", f"{number / 10**6:.3f}M"):
        read = read_whole(form)
        assert abs(read.value - number) <= read.half


@given(SIZES)
def test_shapes_are_read_in_every_form(sizes):
    texts = [str(size) for size in sizes]
    for form in (
        str(tuple(sizes)),
        str(sizes),
        f"torch.Size({sizes})",
        "x".join(texts),
        " × ".join(texts),
        ", ".join(texts),
    ):
        assert read_shape(form) == tuple(sizes)


@pytest.mark.parametrize(
    ("text", "shape"), [("()", ()), ("torch.Size([])", ()), ("(5,)", (5,)), ("[5]", (5,)), ("7", (7,))]
)
def test_short_shapes(text, shape):
    assert read_shape(text) == shape


@pytest.mark.parametrize(
    "text", ["raises", "It raises.", "error", "RuntimeError", "it raises an error", "crashes", "it fails"]
)
def test_an_error_is_an_answer_too(text):
    assert read_shape(text) == RAISES


@pytest.mark.parametrize(
    ("text", "value"),
    [("3/8", Fraction(3, 8)), ("37.5 %", Fraction(3, 8)), (".375", Fraction(3, 8)), ("-3.75e-1", Fraction(-3, 8))],
)
def test_fractions_and_shares(text, value):
    assert read_decimal(text).value == value


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.5 GiB", 1610612736),
        ("1.5", 1610612736),
        ("1.5gib", 1610612736),
        ("2 GB", 2 * 10**9),
        ("1536 MiB", 1610612736),
        ("7 B", 7),
        ("12 bytes", 12),
        ("1,024 KiB", 2**20),
    ],
)
def test_memory_with_and_without_a_unit(text, amount):
    assert read_bytes(text, "GiB").value == amount


@pytest.mark.parametrize(
    ("text", "choice"), [("Yes", "yes"), ("y", "yes"), ("TRUE", "yes"), ("no.", "no"), ("false", "no")]
)
def test_yes_and_no(text, choice):
    assert read_choice(text, ("yes", "no")) == choice


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "abc",
        "1,79",
        "0,125",
        "10²",
        "1..2",
        "--3",
        "1e999",
        "1" * 40,
        "9" * 500,
        "nan",
        "inf",
        "0x10",
        "1 2 3",
        "\0",
        "1792\u202e",
        "½",
        "1,7922",
        "__import__('os')",
        "1;2",
    ],
)
def test_what_is_no_number_is_not_taken_for_one(text):
    with pytest.raises(Unreadable):
        read_whole(text)


@pytest.mark.parametrize("text", ["-1x2", "8x", "8xx64", "(8, 64", "1.5x2", "maybe", "1" * 16, "x".join("1" * 13)])
def test_what_is_no_shape_is_not_taken_for_one(text):
    with pytest.raises(Unreadable):
        read_shape(text)


def test_a_decimal_comma_is_explained():
    with pytest.raises(Unreadable, match="point"):
        read_decimal("0,125")


@given(st.text(max_size=300))
def test_nothing_that_can_be_typed_breaks_the_reading(text):
    readers = (
        read_whole,
        read_decimal,
        read_shape,
        lambda t: read_bytes(t, "GiB"),
        lambda t: read_choice(t, ("yes", "no")),
    )
    for read in readers:
        try:
            read(text)
        except Unreadable:
            continue
