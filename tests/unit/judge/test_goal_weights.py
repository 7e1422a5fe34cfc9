"""The weights of a trained model under the names of the model that the goal is measured with."""

from __future__ import annotations

import pytest
import torch

from torchdojo.judge.goal_file import fitted

WANTED = [("layer.down", (2, 3)), ("layer.up", (4, 2)), ("layer.weight", (4, 3)), ("head.weight", (4, 3))]


def _given(*names: str) -> list[tuple[str, torch.Tensor]]:
    """Weights in this order, each filled with its place among the wanted ones."""
    order = ["down", "up", "weight", "head"]
    return [(f"mine.{name}", torch.full(WANTED[order.index(name)][1], float(order.index(name)))) for name in names]


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(("down", "up", "weight", "head"), id="renamed"),
        pytest.param(("weight", "up", "down", "head"), id="the parts of a layer in another order"),
    ],
)
def test_other_names_are_found_by_their_shapes(names: tuple[str, ...]) -> None:
    found = fitted(_given(*names), WANTED)
    assert found is not None
    assert {name: tensor.unique().item() for name, tensor in found.items()} == {
        "layer.down": 0.0,
        "layer.up": 1.0,
        "layer.weight": 2.0,
        "head.weight": 3.0,
    }


def test_a_name_counts_more_than_a_place() -> None:
    given = [(name, torch.full(shape, float(place))) for place, (name, shape) in enumerate(WANTED)]
    found = fitted(given[::-1], WANTED)
    assert found is not None
    assert found["head.weight"].unique().item() == 3.0


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(_given("down", "up", "weight"), id="one is missing"),
        pytest.param([*_given("down", "up", "weight", "head"), ("more", torch.zeros(1))], id="one too many"),
        pytest.param([*_given("down", "up", "weight"), ("mine.head", torch.zeros(3, 4))], id="another shape"),
    ],
)
def test_weights_of_other_shapes_fit_nothing(given: list[tuple[str, torch.Tensor]]) -> None:
    assert fitted(given, WANTED) is None
