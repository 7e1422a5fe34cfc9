"""A small, sound content root that a test may break in one place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

MANIFEST = """
kind = "debug"
title = "Line fit"
level = 2
minutes = 20
summary = "A line that is not fitted."
filename = "train.py"
concepts = ["regression"]
hints = ["Look at the step.", "Look at `train`."]

[goal]
name = "mse"
metric = "mse"
direction = "at_most"
target = 0.2
description = "an error of at most 0.2"

[entries]
data = "make_data"
train = "train"
main = "main"

[[bug]]
id = "missing-zero-grad"
site = "train"
title = "Never cleared"
category = "convergence"
location = "train"
difficulty = "medium"
effect = "The error grows."
nudge = "What is in p.grad?"

[[bug.probing]]
question = "What does backward do?"
answer = "It adds."

[[bug]]
id = "too-fast"
kind = "learning-rate-too-high"
site = "train"
title = "Too fast"
category = "convergence"
location = "train"
difficulty = "easy"
effect = "It diverges."
nudge = "How large is one step?"

[[bug.probing]]
question = "What is usual?"
answer = "Less."
"""

SOLUTION = '''
"""Fit a line."""

import torch


def make_data():
    x = torch.linspace(-1, 1, 64).unsqueeze(1)  # (64, 1)
    return x, 2 * x + 3  # (64, 1), (64, 1)


def train():
    """Full-batch training."""
    x, y = make_data()
    model = torch.nn.Linear(1, 1)
    opt = torch.optim.SGD(model.parameters(), lr=0.05)  # a sane learning rate
    for _ in range(100):
        # Clear the gradients
        # of the step before.
        opt.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        opt.step()
    return model


def main():
    train()


if __name__ == "__main__":
    main()
'''

RIGHT = "# style: {style}\n" + SOLUTION
FAKE = "# style: {style}\n# open: {open}\n" + SOLUTION

WriteExercise = Callable[..., Path]


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """An empty content root."""
    root = tmp_path / "exercises"
    root.mkdir()
    return root


@pytest.fixture
def write_exercise(content: Path) -> WriteExercise:
    """Writes `<root>/fitting/<slug>`; `changes` maps a file name to (find, replace) or to its whole new text."""

    def write(slug: str = "line-fit", *, track: str = "fitting", **changes: tuple[str, str] | str) -> Path:
        folder = content / track / slug
        texts = {
            "exercise.toml": MANIFEST.lstrip(),
            "solution.py": SOLUTION.lstrip(),
            "prompt.md": "Mend the script.\n",
            "debrief.md": "Clear, forward, loss, backward, step.\n",
            "right/first.py": RIGHT.format(style="the first"),
            "right/second.py": RIGHT.format(style="the second"),
            "fake/once.py": FAKE.format(style="cleared once", open="missing-zero-grad"),
            "fake/late.py": FAKE.format(style="lowered late", open="too-fast"),
        }
        for key, change in changes.items():
            name = key.replace("__", "/").replace("_toml", ".toml").replace("_md", ".md").replace("_py", ".py")
            if isinstance(change, str):
                texts[name] = change
            else:
                assert change[0] in texts[name], f"{name} does not contain {change[0]!r}"
                texts[name] = texts[name].replace(*change)
        for name, text in texts.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write
