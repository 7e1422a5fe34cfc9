"""What a run with larger gradients says of a bound that a script writes by hand."""

from __future__ import annotations

import pytest

from torchdojo.domain.report import BugState, RestsOn
from torchdojo.harness.running import record_script
from torchdojo.judge import second_look
from torchdojo.judge.findings import State

SCRIPT = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(320, 3)
model = nn.Linear(3, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(3):
    for rows in torch.randperm(320).split(8):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x[rows]), x[rows].sum(1, keepdim=True)).backward()
        norm = torch.stack([p.grad.norm() for p in model.parameters()]).norm()
        for p in model.parameters():
            CHANGE
        optimizer.step()
"""


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ("p.grad.mul_((50.0 / (norm + 1e-6)).clamp(max=1.0))", BugState.FIXED),
        ("p.grad.clamp_(-50, 50)", BugState.FIXED),
        ("p.grad = p.grad / norm", BugState.FIXED),
        ("p.grad.mul_(1.0)", BugState.NO_EVIDENCE),
        ("p.grad.mul_(0.5)", BugState.NO_EVIDENCE),
        ("p.grad.mul_(torch.rand(()))", BugState.NO_EVIDENCE),
        ("p.grad.mul_((1e9 / norm).clamp(max=1.0))", BugState.NO_EVIDENCE),
        ("norm", BugState.NO_EVIDENCE),
    ],
)
def test_a_bound_that_no_usual_gradient_reaches_holds_large_ones(change: str, state: BugState):
    source = SCRIPT.replace("CHANGE", change)
    trace = record_script(source, watch=["clipping"], stop_steps=second_look.UPDATES, inflate=second_look.INFLATED)
    assert second_look.state_of(trace).state is state


@pytest.mark.parametrize(
    ("change", "is_due"),
    [("p.grad.mul_(1.0)", True), ("norm", False), ("nn.utils.clip_grad_norm_([p], 1.0)", False)],
)
def test_a_second_look_is_for_gradients_that_are_written_by_hand(change: str, is_due: bool):
    trace = record_script(SCRIPT.replace("CHANGE", change), watch=["clipping"])
    unseen = State(BugState.NO_EVIDENCE, RestsOn.EVENTS, "")
    assert second_look.is_due(unseen, trace) is is_due
    assert not second_look.is_due(State(BugState.OPEN, RestsOn.EVENTS, ""), trace)
