"""Gradients are never cleared between steps."""

from __future__ import annotations

from collections.abc import Iterator

from torchdojo.bugs.edits import removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.training_steps import clears


class MissingZeroGrad(BugKind):
    """
    ## What it does
    `backward()` *adds* to `.grad`. When nothing clears the gradients, the optimizer steps along the sum of every
    gradient since training began instead of the gradient of the current batch.

    ## Why it is bad
    The step direction is dominated by batches seen long ago and its size grows with the number of steps. Plain SGD
    usually oscillates or runs off to NaN. Adam divides by the size of its input and so stays finite; the run then
    looks merely mediocre, and in a small experiment the accuracy can even be *higher* by luck.

    ## Symptoms
    - The norm of the gradients grows from step to step while the loss does not fall to match.
    - A loss that goes down, then swings back up, again and again.
    - With Adam often nothing but an erratic curve: accuracy alone neither proves nor excludes the bug.

    ## How to find it
    Print `model.weight.grad.norm()` (any parameter will do) just before `backward()` in the second step: it has to
    be zero or `None`. Or say the five lines of a training step aloud, clear, forward, loss, backward, step, and
    point at each one in the code.

    ## Fix
    Clear once per optimizer step, at any moment after `step()` and before the next `backward()`. By default
    `zero_grad()` sets the gradients to `None`, which is also the cheapest way.

    ## Correct code that looks like it
    - Gradient accumulation: several `backward()` calls on purpose, then one `step()`, then one clearing.
    - `model.zero_grad()`, or a loop that sets `p.grad = None`, in place of the optimizer's method.
    - LBFGS and other optimizers with a closure, which clear inside the closure.
    - Two losses over shared weights that are meant to add up before one step.

    ## References
    - [Optimizer.zero_grad](https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.zero_grad.html)
    - [Tensor.backward](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.backward.html): gradients
      accumulate in the leaves
    """

    slug = "missing-zero-grad"
    title = "Gradients are never cleared"
    summary = "Every step uses the sum of all gradients so far, not the gradient of its batch."
    category = "convergence"
    difficulty = "medium"
    telling = (
        r"zero_?grad|(clear|reset|zero|fresh|stale|accumulat)\w*\W+(\w+\W+){0,3}grad"
        r"|grad\w*\W+(\w+\W+){0,3}(add|accumulat)"
    )

    interview = (
        Question(
            "What does a second `backward()` do to gradients that are already there?",
            "It adds to them. Autograd accumulates into `.grad` of every leaf; only an explicit clearing resets it. "
            "That is by design: it lets several losses, or several micro-batches, contribute to one step.",
        ),
        Question(
            "When would you leave the clearing out on purpose?",
            "For gradient accumulation: run k micro-batches, each with its loss divided by k, call `backward()` on "
            "each, then step and clear once. The gradient equals that of a batch k times as large, at the memory of "
            "one micro-batch. Batch statistics are the exception: batch norm still sees the micro-batches.",
        ),
        Question(
            "Does it matter whether you clear before the forward pass or after the step?",
            "No. What counts is that it happens after the step that used the gradients and before the backward pass "
            "that makes new ones. Between `backward()` and `step()` it would throw the fresh gradients away.",
        ),
    )
    nudges = (
        "Say the steps of one training iteration in order, then compare with the loop.",
        "What does `.grad` of a weight hold at the start of the second iteration?",
        "Which line makes sure that a step only sees the current batch?",
    )

    examples = (
        Example(
            "the optimizer's method",
            "train",
            """
            def train(model, loader, optimizer):
                for x, y in loader:

                    # A fresh gradient for this batch.
                    optimizer.zero_grad(set_to_none=True)
                    loss = F.cross_entropy(model(x), y)
                    loss.backward()
                    optimizer.step()
            """,
            """
            def train(model, loader, optimizer):
                for x, y in loader:

                    loss = F.cross_entropy(model(x), y)
                    loss.backward()
                    optimizer.step()
            """,
        ),
        Example(
            "the last line of a trainer's step",
            "Trainer.step",
            """
            class Trainer:
                def step(self, x, y):
                    self.criterion(self.model(x), y).backward()
                    self.optimizer.step()
                    self.model.zero_grad()
            """,
            """
            class Trainer:
                def step(self, x, y):
                    self.criterion(self.model(x), y).backward()
                    self.optimizer.step()
            """,
        ),
        Example(
            "a loop over the parameters",
            "fit",
            """
            def fit(net, x, y, lr):
                mse(net(x), y).backward()
                with torch.no_grad():
                    for p in net.parameters():
                        p -= lr * p.grad
                for p in net.parameters():
                    p.grad = None
                return net
            """,
            """
            def fit(net, x, y, lr):
                mse(net(x), y).backward()
                with torch.no_grad():
                    for p in net.parameters():
                        p -= lr * p.grad
                return net
            """,
        ),
        Example(
            "guarded, in place",
            "fit",
            """
            def fit(w, loss):
                if w.grad is not None:
                    w.grad.zero_()
                loss.backward()
            """,
            """
            def fit(w, loss):
                loss.backward()
            """,
        ),
    )
    untouched = ("def validate(model, x):\n    with torch.no_grad():\n        return model(x)\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Take out the statement, or the whole loop, that clears."""
        for block in script.blocks:
            if any(clears(outer) for outer in block.around):
                continue
            for index, statement in enumerate(block.statements):
                if name := clears(statement):
                    place = (block.scope, name, statement)
                    yield Break(*place, removal(block.statements, index, telling=self.telling))
