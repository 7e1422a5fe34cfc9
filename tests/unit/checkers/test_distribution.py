"""Mean, deviation and range of many samples, against what they should be."""

from __future__ import annotations

import pytest
import torch

from torchdojo.checkers import CheckFailed, assert_distribution

BOUND = 100**-0.5


def uniform(bound: float, seed: int = 0) -> torch.Tensor:
    """4000 values between -bound and bound, by a float32 that may be a little larger than the bound itself."""
    values = torch.empty(4000).uniform_(-bound, bound, generator=torch.Generator().manual_seed(seed))
    values[0], values[1] = -bound, bound
    return values


def within(values: torch.Tensor, bound: float = BOUND) -> None:
    assert_distribution(values, mean=0.0, std=bound / 3**0.5, low=-bound, high=bound)


@pytest.mark.parametrize("bound", [BOUND, 0.06**0.5, 0.25, 3**-0.5, 1000.1], ids=str)
def test_the_bounds_themselves_are_inside_however_they_were_rounded(bound: float) -> None:
    within(uniform(bound), bound)


def test_a_bound_that_was_worked_out_in_float32_is_inside() -> None:
    values = uniform(BOUND)
    values[2] = torch.nextafter(torch.tensor(BOUND), torch.tensor(1.0))
    within(values)


@pytest.mark.parametrize(("value", "words"), [(0.1001, "largest .* above 0.1"), (-0.1001, "smallest .* below -0.1")])
def test_a_value_clearly_beyond_a_bound_is_named(value: float, words: str) -> None:
    values = uniform(BOUND)
    values[7] = value
    with pytest.raises(CheckFailed, match=words):
        within(values)


def test_a_bound_of_zero_leaves_no_room() -> None:
    values = torch.linspace(0, 1, 1001)
    assert_distribution(values, low=0.0, high=1.0)
    values[3] = -1e-6
    with pytest.raises(CheckFailed, match="below 0"):
        assert_distribution(values, low=0.0, high=1.0)
