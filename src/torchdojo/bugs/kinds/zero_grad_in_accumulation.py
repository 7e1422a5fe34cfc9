"""The gradients are cleared with every micro-batch of an accumulated step."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Block, Script
from torchdojo.bugs.training_steps import Verbs, body_of, clears, differentiates, moved


class ZeroGradInAccumulation(BugKind):
    """
    ## What it does
    Gradients of several micro-batches are to be collected for one step, but they are cleared with every micro-batch.
    Only the last one before each step counts; the others were computed for nothing.

    ## Why it is bad
    The effective batch is as small as a single micro-batch, the steps as rare as for the large one: the worst of both.
    And as each loss has been divided by the number of micro-batches, the gradient is too small by that factor as well.

    ## Symptoms
    - The run costs as much as before and learns less. With four micro-batches a step every pass but one in four is
      thrown away: 75 % of the work.
    - Noisier losses than the configured batch size explains. In a small run the loss came to 0.320 at a rate of 0.2,
      where full gradients gave 0.183.
    - Changing the number of micro-batches changes the speed of learning, not its smoothness.

    ## How to find it
    Look at the norm of a gradient after each micro-batch of one step: it has to grow roughly with their number. Or
    count for each `backward` whether a `step` follows before the next clearing.

    ## Fix
    Clear once per step: directly after it, or before the first micro-batch of the next.

    ## Correct code that looks like it
    - Clearing first thing in every iteration, when each iteration also steps.
    - A generator whose gradients from the critic's loss are cleared unused.
    - Steps that are skipped now and then because a loss is not finite.
    - Sharpness-aware steps, which clear between their two passes after having moved the weights.

    ## References
    - [Gradient accumulation](https://docs.pytorch.org/docs/stable/notes/amp_examples.html)
    - [zero_grad](https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.zero_grad.html)
    """

    slug = "zero-grad-in-accumulation"
    title = "Cleared in the midst of accumulation"
    summary = "Each micro-batch clears what the ones before have gathered, so a step sees only the last."
    category = "convergence"
    difficulty = "medium"
    telling = r"zero_?grad|accumul|micro-?batch|(clear|reset|zero|fresh)\w*\W+(\w+\W+){0,3}grad"

    interview = (
        Question(
            "Where does `zero_grad()` belong in a loop that accumulates gradients over k batches?",
            "With the step: right after it, within the same condition, or before the first of the next k batches. Once "
            "per step, never per batch.",
        ),
        Question(
            "How large is the effective batch if it is cleared with every micro-batch?",
            "One micro-batch. Steps still come every k batches, so the others are computed and thrown away, and with "
            "a loss divided by k the gradient is k times too small in addition.",
        ),
    )
    nudges = (
        "How many micro-batches are in the gradient at the moment of the step?",
        "Watch the norm of one gradient over the micro-batches of one step.",
        "Which calls belong to every micro-batch, and which to every step?",
    )

    examples = (
        Example(
            "out of the condition",
            "train.optimizer",
            """
            def train(model, loader, optimizer):
                for i, (x, y) in enumerate(loader):
                    loss = criterion(model(x), y) / 4
                    loss.backward()
                    if (i + 1) % 4 == 0:
                        optimizer.step()
                        optimizer.zero_grad()
            """,
            """
            def train(model, loader, optimizer):
                for i, (x, y) in enumerate(loader):
                    optimizer.zero_grad()
                    loss = criterion(model(x), y) / 4
                    loss.backward()
                    if (i + 1) % 4 == 0:
                        optimizer.step()
            """,
        ),
        Example(
            "into the inner loop",
            "Trainer.update.self.opt",
            """
            class Trainer:
                def update(self, parts):
                    self.opt.zero_grad()
                    for x, y in parts:
                        loss = self.loss(x, y) / len(parts)
                        loss.backward()
                    self.opt.step()
            """,
            """
            class Trainer:
                def update(self, parts):
                    for x, y in parts:
                        self.opt.zero_grad()
                        loss = self.loss(x, y) / len(parts)
                        loss.backward()
                    self.opt.step()
            """,
        ),
        Example(
            "after the last step",
            "fit.opt",
            """
            def fit(batches, opt, k):
                for batch in batches:
                    for part in batch.chunk(k):
                        (loss_of(part) / k).backward()
                    opt.step()
                    opt.zero_grad()
            """,
            """
            def fit(batches, opt, k):
                for batch in batches:
                    for part in batch.chunk(k):
                        opt.zero_grad()
                        (loss_of(part) / k).backward()
                    opt.step()
            """,
        ),
    )
    untouched = (
        "def train(loader, opt):\n    for x in loader:\n        opt.zero_grad()\n        loss_of(x).backward()\n"
        "        opt.step()\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Move the clearing to the head of the loop over micro-batches."""
        verbs = Verbs(script)
        for block in script.blocks:
            if not any(verbs.steps(statement) for statement in block.statements):
                continue
            loop = _micro_loop(block)
            for index, statement in enumerate(block.statements):
                if loop is not None and (name := clears(statement)):
                    edits = moved(block.statements, index, body_of(loop)[0], behind=False, telling=self.telling)
                    yield Break(block.scope, name, statement, edits)


def _micro_loop(block: Block) -> cst.For | cst.While | None:
    """The loop over micro-batches of the steps in this block: around its condition, or within the block."""
    if block.around and isinstance(block.around[-1], cst.If):
        for node in reversed(block.around):
            if isinstance(node, (cst.For, cst.While)):
                found = any(differentiates(inner) for inner in body_of(node))
                return node if found else None
        return None
    for statement in block.statements:
        if isinstance(statement, cst.For) and any(differentiates(inner) for inner in body_of(statement)):
            return statement
    return None
