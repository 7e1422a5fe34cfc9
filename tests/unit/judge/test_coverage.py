"""How much of the work a run still does, from its trace."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from torchdojo.domain.trace import Trace
from torchdojo.harness.running import record_script
from torchdojo.judge.coverage import coverage
from torchdojo.judge.reference import Facts, facts_of

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


#: The discriminator is shown points that no backward pass ever follows to the generator.
ADVERSARIES = """
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
generator = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2))
discriminator = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
ours = torch.optim.Adam(generator.parameters())
theirs = torch.optim.Adam(discriminator.parameters())
shown = torch.randn(16, 2)
for step in range(24):
    with torch.no_grad():
        fake = generator(SHOWN)
    theirs.zero_grad()
    (F.softplus(discriminator(fake)) + F.softplus(-discriminator(torch.randn(16, 2)))).mean().backward()
    theirs.step()
    ours.zero_grad()
    F.softplus(-discriminator(generator(torch.randn(16, 2)))).mean().backward()
    ours.step()
    if step % 6 == 5:
        with torch.no_grad():
            generator(torch.randn(SCORED, 2))
"""


@pytest.mark.parametrize(
    ("shown", "scored", "told"),
    [
        ("torch.randn(16, 2)", "64", ""),
        ("torch.randn(16, 2)", "64 if step > 20 else 8", "Only 1 of 24 evaluation passes"),
        ("torch.randn(16, 2)", "8", "No evaluation pass"),
        # the same rows again and again are no points made for an update
        ("shown", "64", "Only 4 of 24 evaluation passes"),
    ],
    ids=["new points", "few in earnest", "none in earnest", "the same points"],
)
def test_points_made_for_each_update_are_no_evaluation_that_scores_too_few(shown: str, scored: str, told: str):
    trace = record_script(ADVERSARIES.replace("SHOWN", shown).replace("SCORED", scored))
    clean = replace(facts_of(trace), held_out_rows=64, evaluation_passes=4)
    found = coverage(trace, facts_of(trace), clean).evaluation
    assert found.startswith(told)
    assert bool(found) is bool(told)
