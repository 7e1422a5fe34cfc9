"""How often kinds of outcome come: few trials where they look right, many where they do not."""

from __future__ import annotations

import pytest
import torch

from torchdojo.checkers import CheckFailed, assert_shares


class Draws:
    """Draws kinds with their true probabilities, and remembers how many were asked for."""

    def __init__(self, truth: list[float], seed: int) -> None:
        self.asked: list[int] = []
        self._truth = torch.tensor(truth)
        self._generator = torch.Generator().manual_seed(seed)

    def __call__(self, trials: int) -> list[int]:
        self.asked.append(trials)
        kinds = torch.multinomial(self._truth, trials, replacement=True, generator=self._generator)
        return [int(count) for count in torch.bincount(kinds, minlength=len(self._truth))]


@pytest.mark.parametrize("shares", [[0.2, 0.8], [0.5, 0.5], [1 / 9] * 9, [0.3, 0.0, 0.7], [1.0]], ids=str)
def test_right_shares_never_fail_and_mostly_need_few_trials(shares: list[float]) -> None:
    asked = []
    for seed in range(200):
        draws = Draws(shares, seed)
        assert_shares(draws, shares)
        asked.append(sum(draws.asked))
    assert sum(asked) / len(asked) < 600


@pytest.mark.parametrize(
    ("truth", "shares"),
    [
        ([0.8, 0.2], [0.2, 0.8]),
        ([0.04, 0.96], [0.2, 0.8]),
        ([0.81, 0.19], [0.9, 0.1]),
        ([0.35, 0.65], [0.5, 0.5]),
        ([1 / 8] * 8 + [0.0], [1 / 9] * 9),
        ([0.0, 1.0], [0.5, 0.5]),
        ([0.5, 0.5], [1.0, 0.0]),
    ],
    ids=str,
)
def test_other_shares_fail(truth: list[float], shares: list[float]) -> None:
    missed, told = 0, set[bool]()
    for seed in range(100):
        try:
            assert_shares(Draws(truth, seed), shares, label="it is so")
        except CheckFailed as failure:
            told.add("it is so, expected" in str(failure))
        else:
            missed += 1
    assert missed <= 1
    assert told == {True}
