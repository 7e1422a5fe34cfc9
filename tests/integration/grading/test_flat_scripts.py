"""Debugging exercises whose script is flat from top to bottom, with a goal that the exercise measures itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchdojo.bugs import derive_starter
from torchdojo.domain.report import BugState, Verdict
from torchdojo.library import load_exercise

MANIFEST = """
title = "Parity"
kind = "debug"
level = 1
minutes = 10
summary = "A flat script."
filename = "parity.py"
concepts = ["training loop"]
hints = ["Look at the loop."]

[goal]
name = "held_out_accuracy"
metric = "custom"
direction = "at_least"
target = 0.9
description = "nine of ten held-out rows"

[[bug]]
id = "missing-zero-grad"
kind = "missing-zero-grad"
site = "opt"
title = "Gradients never cleared"
category = "convergence"
location = "the loop"
difficulty = "easy"
effect = "It wanders."
nudge = "What is in .grad?"

[[bug.probing]]
question = "Why?"
answer = "Because backward adds."
"""

SOLUTION = """
import torch
from torch import nn

WIDTH = 32
torch.manual_seed(0)
x = torch.randn(512, 4)
y = (x[:, 0] + x[:, 1] > 0).long()

net = nn.Sequential(nn.Linear(4, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(8):
    for rows in torch.randperm(512).split(32):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        loss.backward()
        opt.step()
    print(epoch, loss.item())
"""

GOAL = """
import torch
from torch import nn


def build():
    return nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))


def measure(model, seed):
    x = torch.randn(500, 4)
    return (model(x).argmax(1) == (x[:, 0] + x[:, 1] > 0).long()).float().mean()
"""


@pytest.fixture(scope="module")
def exercise(tmp_path_factory: pytest.TempPathFactory):
    folder: Path = tmp_path_factory.mktemp("content") / "flat" / "parity"
    folder.mkdir(parents=True)
    files = {"exercise.toml": MANIFEST, "solution.py": SOLUTION, "goal.py": GOAL, "prompt.md": "Mend it.\n"}
    for name, text in {**files, "debrief.md": "Gradients add up.\n"}.items():
        (folder / name).write_text(text)
    return load_exercise(folder)


def test_the_solution_passes_by_its_weights(grader, exercise):
    report = grader.grade(exercise, exercise.solution, seed=3)
    assert report.verdict is Verdict.PASSED, report.message
    assert report.goal is not None
    assert report.goal.measured is not None
    assert report.goal.measured > 0.9


def test_the_starter_does_not(grader, exercise):
    report = grader.grade(exercise, derive_starter(exercise), seed=3)
    assert report.verdict is Verdict.WRONG_ANSWER
    assert [bug.state for bug in report.bugs] == [BugState.OPEN]


def test_renamed_layers_are_measured_all_the_same(grader, exercise):
    renamed = exercise.solution.replace(
        "net = nn.Sequential(nn.Linear(4, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 2))",
        "class Two(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.first, self.second = nn.Linear(4, WIDTH), nn.Linear(WIDTH, 2)\n"
        "    def forward(self, x):\n"
        "        return self.second(self.first(x).relu())\n"
        "net = Two()",
    )
    assert "Two()" in renamed
    report = grader.grade(exercise, renamed, seed=3)
    assert report.verdict is Verdict.PASSED, report.message


def test_a_model_of_other_shapes_is_not_measured(grader, exercise):
    report = grader.grade(exercise, exercise.solution.replace("WIDTH = 32", "WIDTH = 16"), seed=3)
    assert report.verdict is Verdict.WRONG_ANSWER
    assert report.goal is not None
    assert report.goal.measured is None
    assert "shapes" in report.message
