"""How much of the work a run still does, from its trace."""

from __future__ import annotations

from typing import Any

import pytest

from torchdojo.domain.trace import Trace
from torchdojo.judge.coverage import coverage
from torchdojo.judge.reference import Facts

FACTS = Facts(
    steps=40,
    evaluation_passes=0,
    rows=0,
    held_out_rows=0,
    parameters=4,
    mode_leaves=0,
    first_pass=0,
    optimizer=0,
    update=0,
)


def updates(optimizer: int, owned: int, reached: int, number: int = 40) -> list[dict[str, Any]]:
    """Training steps of one optimizer: a forward, a backward pass that reaches some tensors, a step."""
    events: list[dict[str, Any]] = []
    for step in range(number):
        forward = {"t": "forward", "at": 0, "id": 1000 * optimizer + step, "cls": "Net"}
        backward = {"t": "backward", "at": 0, "forwards": [forward["id"]], "graded": reached}
        events += [forward, backward, {"t": "step", "at": 0, "opt": optimizer, "params": owned}]
    return events


@pytest.mark.parametrize(
    ("events", "told"),
    [
        (updates(1, 6, 6), ""),
        (updates(1, 6, 3), "Only 50% of the network's parameters were trained."),
        # a large network first, then a smaller one, each trained as a whole
        (updates(1, 6, 6, 60) + updates(2, 4, 4, 80), ""),
        # a small optimizer that steps often hides no frozen layers
        (updates(1, 6, 3, 40) + updates(2, 1, 1, 400), "Only 57% of the network's parameters were trained."),
    ],
)
def test_each_network_is_measured_by_the_optimizer_that_moves_it(events: list[dict[str, Any]], told: str):
    assert coverage(Trace(events), FACTS, FACTS).parameters == told
