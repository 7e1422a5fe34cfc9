"""The optimizer never steps, or steps before the backward pass."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.training_steps import Verbs, clears, differentiates, moved


class StepNeverCalled(BugKind):
    """
    ## What it does
    Gradients are computed batch after batch, but no update uses them: `optimizer.step()` is missing, belongs to
    another optimizer, or stands in front of `backward()`, where the gradients have just been cleared.

    ## Why it is bad
    `backward()` only writes into `.grad`. Moving the weights is the optimizer's work alone, and autograd neither knows
    nor cares whether anybody does it. The script runs, prints a loss per epoch and writes a checkpoint that holds
    the initial weights.

    ## Symptoms
    - The loss stays at its first value, apart from the noise of the batches. In a run with three classes it was 1.105
      after 20 epochs instead of 0.128, with 37 % accuracy instead of 96 %.
    - With `step()` in front of `backward()` and the clearing in between the result is exactly the same, 1.105: every
      step finds empty gradients.
    - A learning-rate scheduler warns that it was called before `optimizer.step()`.

    ## How to find it
    Compare a parameter before and after one pass of the loop. If nothing moved, count: how many calls of `backward`,
    how many of `step`, and of which optimizer? In what order do they come within one iteration?

    ## Fix
    Call `step()` of the optimizer that owns the parameters, after `backward()` and before the gradients are cleared.

    ## Correct code that looks like it
    - Gradient accumulation: many backward passes, then one step.
    - A target network or an average of weights that is updated by copying and has no optimizer of its own.
    - Updates that come an iteration late on purpose, with gradients that are still there.
    - A generator that is left alone while its critic takes several steps.

    ## References
    - [Optimizer.step](https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.step.html)
    - [Taking an optimization step](https://docs.pytorch.org/docs/stable/optim.html)
    """

    slug = "step-never-called"
    title = "The optimizer never steps"
    summary = "Gradients are computed and nobody uses them: no step comes after the backward pass."
    category = "convergence"
    difficulty = "easy"
    telling = r"optimi[sz]er.{0,12}step|\bstep\(\)|\bupdate\w*\W+(\w+\W+){0,3}(weight|parameter)|\border\b"

    interview = (
        Question(
            "Which objects does a training step change, and which call changes which?",
            "The forward pass changes buffers such as batch-norm statistics. `backward()` changes `.grad`. "
            "`optimizer.step()` changes the parameters and the optimizer's state. `zero_grad()` empties `.grad`.",
        ),
        Question(
            "Does it matter whether `step()` stands before or after `backward()` in the body of the loop?",
            "Yes. In front of it the step works with gradients of the batch before, if they are still there: updates "
            "are one batch late and the first does nothing. If they are cleared in between, no step ever finds any.",
        ),
    )
    nudges = (
        "Which call changes the weights, and when does it run?",
        "Compare one parameter before and after an iteration.",
        "Count how often `backward` runs and how often each optimizer steps.",
    )

    examples = (
        Example(
            "left out",
            "train.optimizer.step",
            """
            def train(model, loader, optimizer):
                for x, y in loader:
                    optimizer.zero_grad()
                    loss = F.mse_loss(model(x), y)
                    loss.backward()
                    optimizer.step()
                    print(loss.item())
            """,
            """
            def train(model, loader, optimizer):
                for x, y in loader:
                    optimizer.zero_grad()
                    loss = F.mse_loss(model(x), y)
                    loss.backward()
                    print(loss.item())
            """,
        ),
        Example(
            "too early",
            "Trainer.step.backward",
            """
            class Trainer:
                def step(self, x, y):
                    self.optimizer.zero_grad()
                    loss = self.criterion(self.model(x), y)
                    loss.backward()
                    self.optimizer.step()
                    return loss.item()
            """,
            """
            class Trainer:
                def step(self, x, y):
                    self.optimizer.zero_grad()
                    loss = self.criterion(self.model(x), y)
                    self.optimizer.step()
                    loss.backward()
                    return loss.item()
            """,
        ),
        Example(
            "one of two optimizers",
            "play.opt_g.step",
            """
            def play(opt_d, opt_g, d_loss, g_loss):
                d_loss().backward()
                opt_d.step()
                g_loss().backward()
                opt_g.step()
            """,
            """
            def play(opt_d, opt_g, d_loss, g_loss):
                d_loss().backward()
                opt_d.step()
                g_loss().backward()
            """,
        ),
    )
    untouched = (
        "def validate(model, x):\n    with torch.no_grad():\n        return model(x)\n",
        "def drive(scheduler):\n    scheduler.step()\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Take the step out, or put it in front of the backward pass when the gradients are cleared between steps."""
        verbs = Verbs(script)
        for block in script.blocks:
            statements = block.statements
            cleared = any(clears(statement) for statement in statements)
            for index, statement in enumerate(statements):
                name = verbs.steps(statement)
                if not name:
                    continue
                edits = removal(statements, index, telling=self.telling)
                yield Break(block.scope, f"{name}.step", statement, edits)
                backwards = [b for b in range(index) if differentiates(statements[b])]
                if (
                    backwards
                    and not _has_forward(script, statements[backwards[-1]])
                    and cleared
                    and not any(clears(s) for s in statements[backwards[-1] : index])
                ):
                    target = statements[backwards[-1]]
                    edits = moved(statements, index, target, behind=False, telling=self.telling)
                    yield Break(block.scope, "backward", target, edits)


def _has_forward(script: Script, statement: cst.CSTNode) -> bool:
    """Whether the loss is computed in the line that differentiates it: then nothing runs between step and backward."""
    code = script.code(statement)
    calls = re.findall(r"(\w+)\(", code)
    return any(name not in ("backward", "manual_backward", "scale") for name in calls)
