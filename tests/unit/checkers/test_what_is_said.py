"""The words of a checker: what differs, where, and the mistake that would explain it."""

from __future__ import annotations

import math
from collections import OrderedDict
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


@pytest.mark.parametrize(
    ("got", "expected", "said"),
    [
        ([4, 7, 1, 0], [4, 7, 2, 0], "differs first at [2]: got 1, expected 2"),
        ((1, [2, (3, "a")]), (1, [2, (3, "b")]), "differs first at [1][1][1]: got 'a', expected 'b'"),
        ({"x": [1], "y": [2]}, {"x": [1], "y": [3]}, "differs first at ['y'][0]: got 2, expected 3"),
        ([1, 2], [1, 2, 5], "goes on at [2] with 5"),
        ([0, 2, 5], [1, 2], "differs first at [0]: got 0, expected 1. It has 3 items, expected 2"),
        ({"a": 1}, {"b": 1}, "It lacks 'b'. It has 'a', which does not belong there"),
        ({1, 2}, {1, 3}, "It lacks 3"),
        ([torch.tensor([1, 2])], [torch.tensor([1, 3])], "differs first at [0]"),
        (list(range(99)), [*range(98), 0], "differs first at [98]: got 98, expected 0"),
    ],
    ids=["list", "nested", "dict", "shorter", "longer", "keys", "set", "tensors", "long"],
)
def test_unequal_containers_are_told_by_what_differs_first(got: object, expected: object, said: str) -> None:
    assert said in words(lambda: assert_equal(got, expected))


def test_equal_containers_are_equal() -> None:
    nan = math.nan
    for value in ([1, (2, 3)], {"x": [torch.ones(2)]}, [nan], (1.0, "a"), {1, 2}, torch.Size([2])):
        assert_equal(value, value)
    assert_equal([torch.tensor(2), 3], [2, 3])
    assert "first at [1]" in words(lambda: assert_equal([2, torch.tensor([3, 3])], [2, 3]))
    with pytest.raises(CheckFailed):
        assert_equal(OrderedDict(a=1, b=2), OrderedDict(b=2, a=1))


def test_a_table_is_a_table_by_any_name() -> None:
    table = {"weight": X, "bias": X[0]}
    assert_close(OrderedDict(table), table)
    assert_close(table, OrderedDict(table))
    assert "wrong at [0, 0]" in words(lambda: assert_close(OrderedDict(table, weight=-X), table))
    assert "not a dict" in words(lambda: assert_close([("weight", X)], table))


@pytest.mark.parametrize(
    ("cases", "first"),
    [
        ([7, 3, -1, 5], "is 3"),
        ([2.5, 9, 1.5], "is 2.5"),
        (["sum", "mean", "none"], "is 'sum'"),
        ([("mean", 3), None, ("sum", 2)], "is ('mean', 3)"),
        ([torch.Size([4, 2]), [3, 1]], "(3, 1)"),
    ],
    ids=["integers", "numbers", "words", "anything", "shapes"],
)
def test_any_case_can_be_the_smallest_failing_one(cases: list[object], first: str) -> None:
    def beyond_two(case: object) -> None:
        if isinstance(case, (int, float)):
            assert case <= 2
        else:
            raise CheckFailed("No.")

    with pytest.raises(AssertionError) as caught:
        smallest_failing(cases, beyond_two)
    assert first in str(caught.value)
