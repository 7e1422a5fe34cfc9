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


QUESTION = """
+++
title = "What does one step of gradient descent change?"
level = 2
summary = "The weights, by the gradient times the learning rate."
exercises = ["line-fit"]
bugs = ["missing-zero-grad"]
[[source]]
title = "Automatic differentiation package, PyTorch documentation"
where = "https://docs.pytorch.org/docs/stable/autograd.html"
[covers]
answer = ["R003-14"]
why-clear = ["R003-16"]
+++

## In two minutes

The weights move against the gradient: $w - \\eta g$. See [the fit](exercise:line-fit).

## In depth

The learning rate scales the step.

### Facts: Optimizers {#optimizers}

| name | what it keeps |
|---|---|
| SGD | nothing |
| Adam | two moments, $\\|m\\|$ and $v$ |

## In code

```python run
print(2 - 0.5 * 2)
```

```output
1.0
```

## Commonly said, and wrong

"A step clears the gradient." It does not.

## Follow-up: Why clear the gradients? {#why-clear}

They add up.

```python
# ## Quiz: no heading inside a fence
grad = 1 + 1
```

## Quiz: What does `backward` do to `.grad`? {#adds}

- [ ] It replaces it
  That would make accumulation impossible.
- [x] It adds to it

  Two calls give the sum.
""".lstrip()

GUIDE = """
+++
title = "How to learn"
summary = "An order to learn in."
order = 1
minutes = 5
exercises = ["line-fit"]
[covers]
spacing = ["R004-71"]
+++

For anybody with an evening.

## First steps

Read [the question](question:gradient-step).

### Facts: Times {#times}

| plan | hours |
|---|---|
| evening | 3 |
| week | 20 |

## First steps

Again.

## Quiz: Why space reviews? {#spacing}

Because what is nearly forgotten is learned best.
""".lstrip()

WriteText = Callable[..., Path]


def _write(file: Path, text: str, changes: tuple[tuple[str, str], ...]) -> Path:
    for old, new in changes:
        assert old in text, f"the text does not contain {old!r}"
        text = text.replace(old, new, 1)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def write_question(content: Path) -> WriteText:
    """Writes `questions/<topic>/<slug>.md` beside the content root, with each (find, replace) of `changes` made."""

    def write(slug: str = "gradient-step", *changes: tuple[str, str], topic: str = "training") -> Path:
        return _write(content.parent / "questions" / topic / f"{slug}.md", QUESTION, changes)

    return write


@pytest.fixture
def write_guide(content: Path) -> WriteText:
    """Writes `guides/<slug>.md` beside the content root, with each (find, replace) of `changes` made."""

    def write(slug: str = "how-to-learn", *changes: tuple[str, str]) -> Path:
        return _write(content.parent / "guides" / f"{slug}.md", GUIDE, changes)

    return write
