"""A trace comes from an untrusted process: what is not one is refused, never guessed at."""

from __future__ import annotations

import pytest

from torchdojo.domain.trace import Place
from torchdojo.judge.events import Malformed, read_event, read_place

STEP = {"t": "step", "at": 0, "opt": 0, "cls": "SGD", "lrs": [0.1], "params": 4, "stale": 0}


def test_an_honest_event_is_kept_and_unknown_keys_are_dropped():
    assert read_event({**STEP, "extra": [1, 2]}) == STEP


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {"t": "verdict", "passed": True},
        {**STEP, "lrs": "0.1"},
        {**STEP, "lrs": [[0.1]]},
        {**STEP, "stale": True},
        {**STEP, "stale": 1 << 80},
        {**STEP, "at": 0.5},
        {**STEP, "lrs": [0.1] * 100_000},
        {"t": "step", "at": 0, "opt": 0, "cls": "SGD"},
        {"t": "forward", "id": 0, "model": 0, "cls": "x" * 10_000},
        {"t": "backward", "forwards": {"0": 1}},
    ],
)
def test_anything_else_is_refused(raw):
    with pytest.raises(Malformed):
        read_event(raw)


def test_a_place_is_a_line_and_a_function():
    assert read_place([12, "main"]) == Place(12, "main")
    for raw in ([12], ["12", "main"], {"line": 12}, [12, "main", 3]):
        with pytest.raises(Malformed):
            read_place(raw)
