"""Values as small tables: cut around what matters, with digits enough to differ, NaN and infinities told apart."""

from __future__ import annotations

import json

import pytest
import torch

from torchdojo.checkers import CheckFailed, assert_close, assert_equal
from torchdojo.checkers.failures import Comparison
from torchdojo.domain.failure import Failure, Shown
from torchdojo.judge.showing import MOST, shown_pair, shown_value


def compared(got, expected):
    """What a learner is shown after this comparison failed."""
    with pytest.raises(CheckFailed) as caught:
        assert_close(got, expected)
    assert caught.value.comparison is not None
    return shown_pair(caught.value.comparison)


def test_a_small_tensor_is_shown_whole():
    (shown,) = shown_value("x", torch.tensor([[1.0, -2.5], [float("nan"), float("-inf")]]))
    assert shown.form == "float32[2, 2]"
    assert shown.cells == (("1", "-2.5"), ("nan", "-inf"))
    assert shown.part == ""
    assert Shown.from_json(json.loads(json.dumps(shown.to_json(), allow_nan=False))) == shown


def test_a_large_tensor_is_cut_around_the_element_that_matters():
    x = torch.arange(3 * 20 * 20).view(3, 20, 20)
    (shown,) = shown_value("x", x, (2, 19, 4))
    row, column = shown.start[1:]
    assert len(shown.cells) == MOST
    assert all(len(cells) == MOST for cells in shown.cells)
    assert shown.cells[19 - row][4 - column] == str(int(x[2, 19, 4]))
    assert "[2, ...]" in shown.part
    assert "of 20" in shown.part


@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 4, 2)])
def test_an_empty_tensor_has_a_form_and_no_cells(shape):
    (shown,) = shown_value("x", torch.zeros(shape))
    assert shown.form == f"float32{list(shape)}"
    assert shown.cells == ()


@pytest.mark.parametrize("shape", [(2, 2, 8, 8), (1, 9, 3, 3), (4, 8, 2, 1), (2, 0, 4, 4)])
def test_an_input_of_other_sizes_than_the_result_is_shown_as_near_as_it_can_be(shape):
    (shown,) = shown_value("x", torch.zeros(shape), (3, 7, 6, 6))
    assert shown.form == f"float32{list(shape)}"
    assert all(at < max(1, size) for at, size in zip(shown.start, shape, strict=True))


def test_values_that_differ_look_different_and_only_they_are_marked():
    expected = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
    got = expected + torch.tensor([0.0, 0.0, 1e-5])
    mine, theirs, focus = compared(got, expected)
    assert mine.wrong == theirs.wrong == ((0, 2),)
    assert mine.cells[0][2] != theirs.cells[0][2]
    assert focus == (2,)


def test_got_and_expected_show_the_same_part_with_the_first_wrong_element_in_it():
    expected = torch.zeros(2, 30, 30)
    got = expected.clone()
    got[1, 25, 28] = 7.0
    mine, theirs, focus = compared(got, expected)
    assert (mine.start, mine.part) == (theirs.start, theirs.part)
    ((row, column),) = mine.wrong
    assert (mine.cells[row][column], theirs.cells[row][column]) == ("7", "0")
    assert (mine.start[0], mine.start[1] + row, mine.start[2] + column) == focus == (1, 25, 28)


def test_another_shape_is_shown_without_marks():
    mine, theirs, _ = compared(torch.zeros(3), torch.zeros(3, 1))
    assert (mine.form, theirs.form) == ("float32[3]", "float32[3, 1]")
    assert mine.wrong == theirs.wrong == ()


def test_of_a_nested_result_the_part_that_differs_is_shown():
    mine, theirs, _ = compared((torch.zeros(2), torch.ones(3)), (torch.zeros(2), torch.zeros(3)))
    assert (mine.form, theirs.cells) == ("float32[3]", (("0", "0", "0"),))


def test_what_is_no_tensor_is_shown_as_what_it_is():
    mine, theirs, _ = compared(None, torch.zeros(2))
    assert (mine.cells, theirs.form) == ((("None",),), "float32[2]")
    with pytest.raises(CheckFailed) as caught:
        assert_equal(3, 4)
    assert caught.value.comparison is not None
    assert [side.cells for side in shown_pair(caught.value.comparison)[:2]] == [(("3",),), (("4",),)]


def test_long_lists_are_shown_around_what_differs_first():
    expected = list(range(100, 200))
    got = [*expected[:60], 7, *expected[61:]]
    with pytest.raises(CheckFailed) as caught:
        assert_equal(got, expected)
    assert caught.value.comparison is not None
    mine, theirs, _ = shown_pair(caught.value.comparison)
    assert mine.part == theirs.part == "items 57 to 62 of 100"
    assert "7" in mine.cells[0][0].strip("[]").split(", ")
    assert "160" in theirs.cells[0][0].strip("[]").split(", ")


@pytest.mark.parametrize("odd", [torch.eye(2).to_sparse(), torch.eye(2, device="meta")], ids=["sparse", "meta"])
def test_what_has_no_values_to_read_is_named_and_decides_nothing(odd):
    (shown,) = shown_value("x", odd)
    assert (shown.form, shown.cells) == ("float32[2, 2]", ())
    mine, theirs, _ = shown_pair(Comparison(odd, torch.zeros(2, 2), "the result"))
    assert (mine.form, theirs.form) == ("float32[2, 2]", "float32[2, 2]")


def test_the_tensors_of_a_list_are_shown_each_and_not_all_of_many():
    batches = [(torch.zeros(2), torch.ones(2)) for _ in range(50)]
    shown = shown_value("loader", batches)
    assert shown[0].form == "list of 50"
    assert [table.name for table in shown if table.is_tensor][:2] == ["loader[0][0]", "loader[0][1]"]
    assert len(shown) < 12


def test_a_tensor_that_was_changed_since_is_named_without_its_values():
    (shown,) = shown_value("x", torch.zeros(2), with_cells=False)
    assert (shown.form, shown.cells) == ("float32[2]", ())


def test_the_call_is_spoken_with_plain_values_and_names_of_tensors():
    arguments = (Shown("x", "float32[2]", (("1", "2"),)), Shown("gamma", "float", (("2.0",),)))
    assert Failure(call="f(float32[2], gamma=2.0)", arguments=arguments).spoken_call == "f(x, gamma=2.0)"
    assert Failure(call="Table[3]", arguments=arguments).spoken_call == "Table(x, gamma=2.0)[3]"
    assert Failure(call="f()").spoken_call == "f()"
