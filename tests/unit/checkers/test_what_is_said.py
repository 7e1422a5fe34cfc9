"""The words of a checker: what differs, where, and the mistake that would explain it."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch

from torchdojo.checkers import (
    CheckFailed,
    assert_close,
    assert_dtype,
    assert_equal,
    assert_finite,
    assert_shape,
    smallest_failing,
)

X = torch.tensor([[1.0, 2.0, 4.0], [-3.0, 5.0, 7.0]])


def words(check: Callable[[], None]) -> str:
    with pytest.raises(CheckFailed) as caught:
        check()
    return str(caught.value)


@pytest.mark.parametrize(
    ("got", "hint"),
    [
        (-X, "The sign is wrong"),
        (3 * X, "Every value is 3 times what it should be"),
        (X / 4, "Every value is 1/4 of what it should be"),
        (torch.zeros_like(X), "Everything you return is zero"),
        (torch.full_like(X, 2.5), "Every value you return is the same"),
    ],
    ids=["sign", "factor", "share", "zeros", "constant"],
)
def test_a_likely_mistake_is_named(got: torch.Tensor, hint: str) -> None:
    assert hint in words(lambda: assert_close(got, X))


def test_a_tiny_difference_is_not_called_a_factor() -> None:
    precise = X.double()
    assert "Every value is" not in words(lambda: assert_close(precise * (1 + 2e-6), precise))


def test_the_first_wrong_place_and_the_count_are_told() -> None:
    got = X.clone()
    got[1, 0] = 9.0
    got[1, 2] = 8.0
    said = words(lambda: assert_close(got, X))
    assert "wrong at [1, 0]: got 9, expected -3" in said
    assert "2 of 6 values differ" in said


def test_nan_is_wrong_where_a_number_belongs_and_right_where_nan_does() -> None:
    got = X.clone()
    got[0, 1] = math.nan
    assert "NaN" in words(lambda: assert_close(got, X))
    assert_close(got, got.clone())


def test_shapes_and_dtypes_are_told_with_a_hint() -> None:
    assert "transpose" in words(lambda: assert_shape(X.T, (2, 3)))
    assert "keepdim" in words(lambda: assert_shape(X.sum(1, keepdim=True), (2,)))
    assert "float64" in words(lambda: assert_dtype(X.double(), torch.float32))
    assert "not a Tensor" in words(lambda: assert_shape([1, 2], (2,)))


def test_an_infinity_is_found() -> None:
    assert "first at [0, 2]" in words(lambda: assert_finite(torch.tensor([[0.0, 1.0, math.inf]])))


def test_the_smallest_failing_shape_is_named() -> None:
    def only_one_row(shape: tuple[int, ...]) -> None:
        assert_equal(shape[0], 1)

    said = words(lambda: smallest_failing([(8, 2), (1, 5), (3, 2)], only_one_row))
    assert "(3, 2)" in said
