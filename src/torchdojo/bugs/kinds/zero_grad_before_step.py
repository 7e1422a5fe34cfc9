"""The gradients are cleared between the backward pass and the step."""

from __future__ import annotations

from collections.abc import Iterator

from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Block, Script
from torchdojo.bugs.training_steps import Verbs, clears, differentiates, moved


class ZeroGradBeforeStep(BugKind):
    """
    ## What it does
    All the verbs of a training step are there, in the wrong order: `backward()` fills the gradients, `zero_grad()`
    empties them, and only then does the optimizer take its step. It finds nothing to work with.

    ## Why it is bad
    By default `zero_grad()` sets every gradient to `None`, and an optimizer passes over parameters without a gradient:
    the weights of the first step are the weights of the last. Nothing raises, nothing warns, and the loop spends the
    full price of forward and backward passes. Where gradients are set to zero instead of `None`, plain SGD does
    nothing either, while weight decay and momentum go on shrinking and pushing the weights without any data.

    ## Symptoms
    - The loss wobbles with the batches and never falls. A small classifier of three classes stayed at 1.105, where
      it began, for 20 epochs; with the two lines in order it came to 0.128 and from 37 % to 96 % accuracy.
    - The weights before and after an epoch are equal to the last bit.
    - Another learning rate changes nothing at all: the curve is the same, number by number.

    ## How to find it
    Print `next(model.parameters()).grad` just before `step()`: it is `None`. Or compare a copy of a weight with the
    weight after one step. When not even a learning rate of 10 does harm, no step is taken.

    ## Fix
    Clear after the step, or before the forward pass, but never between `backward()` and `step()`.

    ## Correct code that looks like it
    - `zero_grad()` anywhere between `step()` and the next `backward()`, be it the first line of the loop or the last.
    - A closure for LBFGS that clears, computes and differentiates: the step that calls it follows at once.
    - Two optimizers in one loop: clearing the gradients of one between the backward pass and the step of the other.

    ## References
    - [Optimizer.zero_grad](https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.zero_grad.html)
    - [Optimizer.step](https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.step.html)
    """

    slug = "zero-grad-before-step"
    title = "Gradients cleared before the step"
    summary = "Every step finds its gradients emptied a line before, so the weights never move."
    category = "convergence"
    difficulty = "easy-medium"
    telling = r"zero_?grad|(clear|reset|zero|fresh)\w*\W+(\w+\W+){0,3}grad|\border\b"

    interview = (
        Question(
            "What does an optimizer do with a parameter whose gradient is `None`, and what if it is zero?",
            "`None` means that the parameter took no part: it is skipped, state included. Zero is a gradient like any "
            "other: momentum goes on rolling, Adam's averages decay, and weight decay shrinks the weight.",
        ),
        Question(
            "A colleague's loss does not move, whatever the learning rate. What do you check first?",
            "Whether a step changes any weight. Copy one parameter, take a step, compare. If it is unchanged, look at "
            "its gradient right before the step: `None` or zero means it was never made or is cleared too early; a "
            "gradient with content means that the optimizer does not own the parameter, or its rate is zero.",
        ),
    )
    nudges = (
        "What does the optimizer find in `.grad` at the moment of its step?",
        "Take one weight and compare it before and after a step.",
        "Say the verbs of the training step in the order in which they stand there.",
    )

    examples = (
        Example(
            "clearing first",
            "train.optimizer",
            """
            def train(model, loader, optimizer):
                for x, y in loader:
                    optimizer.zero_grad()
                    loss = F.mse_loss(model(x), y)
                    loss.backward()
                    optimizer.step()
            """,
            """
            def train(model, loader, optimizer):
                for x, y in loader:
                    loss = F.mse_loss(model(x), y)
                    loss.backward()
                    optimizer.zero_grad()
                    optimizer.step()
            """,
        ),
        Example(
            "clearing last, in a trainer",
            "Trainer.step.self.opt",
            """
            class Trainer:
                def step(self, x, y):
                    self.loss(self.net(x), y).backward()
                    clip_grad_norm_(self.net.parameters(), 1.0)
                    self.opt.step()
                    self.opt.zero_grad(set_to_none=True)
            """,
            """
            class Trainer:
                def step(self, x, y):
                    self.loss(self.net(x), y).backward()
                    clip_grad_norm_(self.net.parameters(), 1.0)
                    self.opt.zero_grad(set_to_none=True)
                    self.opt.step()
            """,
        ),
        Example(
            "after several micro-batches",
            "fit.optimizer",
            """
            def fit(model, batches, optimizer):
                for i, (x, y) in enumerate(batches):
                    (criterion(model(x), y) / 4).backward()
                    if (i + 1) % 4 == 0:
                        optimizer.step()
                        optimizer.zero_grad()
            """,
            """
            def fit(model, batches, optimizer):
                for i, (x, y) in enumerate(batches):
                    (criterion(model(x), y) / 4).backward()
                    if (i + 1) % 4 == 0:
                        optimizer.zero_grad()
                        optimizer.step()
            """,
        ),
    )
    untouched = ("def validate(model, x):\n    with torch.no_grad():\n        return model(x)\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Move the clearing in front of the step that comes after a backward pass."""
        verbs = Verbs(script)
        for block in script.blocks:
            yield from self._in_block(block, verbs)

    def _in_block(self, block: Block, verbs: Verbs) -> Iterator[Break]:
        statements = block.statements
        steps = [index for index, statement in enumerate(statements) if verbs.steps(statement)]
        backwards = [index for index, statement in enumerate(statements) if differentiates(statement)]
        for index, statement in enumerate(statements):
            if not (name := clears(statement)):
                continue
            later = [step for step in steps if step > index]
            between = [b for b in backwards if later and index < b < later[0]]
            if between:
                target = statements[later[0]]
            elif not later and steps and steps[-1] < index:
                target = statements[steps[-1]]
            else:
                continue
            edits = moved(statements, index, target, behind=False, telling=self.telling)
            yield Break(block.scope, name, statement, edits)
