"""A learning-rate scheduler that is stepped too early, never, or for another optimizer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import libcst as cst

from torchdojo.bugs.edits import by, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Block, Script
from torchdojo.bugs.syntax import assigned_names, bare_call, called, dotted
from torchdojo.bugs.training_steps import (
    OPTIMIZERS,
    SCHEDULER_CLASS,
    Verbs,
    body_of,
    last_name,
    moved,
    names_given,
)


class SchedulerOrder(BugKind):
    """
    ## What it does
    The scheduler is there, but not in step with its optimizer: `scheduler.step()` comes before `optimizer.step()`, or
    never, or the scheduler was built for an optimizer that takes no part.

    ## Why it is bad
    A scheduler writes the next learning rate into its optimizer's groups whenever it is stepped. Stepped first, it
    skips the first value and runs one call ahead: a warm-up loses its smallest step, a decay begins early, and torch
    warns about it once. Never stepped, the rate stays where it was set, so a run that counts on the decay never
    settles. Bound to another optimizer, it moves numbers that nobody reads.

    ## Symptoms
    - `UserWarning: Detected call of lr_scheduler.step() before optimizer.step()`, once and easily overlooked.
    - A printed learning rate that never changes. In a small run a cosine from 0.1 to 0 that was never stepped ended
      with a loss of 0.212 where the full schedule gave 0.290: nothing in the curves tells which one is broken.
    - One value is missing at the beginning of the recorded rates, and the last one is used once more than planned.

    ## How to find it
    Record `optimizer.param_groups[0]["lr"]` at every step and plot it beside the schedule you meant. Check that
    `scheduler.optimizer is optimizer`.

    ## Fix
    First `optimizer.step()`, then `scheduler.step()`, once per unit the schedule was made for, and built for the very
    optimizer that steps.

    ## Correct code that looks like it
    - A scheduler that is stepped a number of times before training to go on where a checkpoint was written.
    - A constant `LambdaLR` that is only there so that all configurations have a scheduler.
    - Schedulers inside a `SequentialLR` or `ChainedScheduler`, which steps them itself.
    - A `GradScaler` that skips the first optimizer steps: torch warns, but the order is right.

    ## References
    - [How to adjust the learning rate](https://docs.pytorch.org/docs/stable/optim.html): schedulers come after the
      optimizer's update
    - [LRScheduler](https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LRScheduler.html)
    """

    slug = "scheduler-order"
    title = "Scheduler out of step with its optimizer"
    summary = "The scheduler is stepped before the optimizer, never, or belongs to another optimizer."
    category = "convergence"
    difficulty = "easy-medium"
    telling = r"schedul|\bdecay|anneal|learning rate|\blr\b|\border\b"

    interview = (
        Question(
            "What exactly does `scheduler.step()` do?",
            "It counts its calls and writes a new learning rate into `lr` of each parameter group of its optimizer, "
            "either from a formula or by changing the rate that stands there. The optimizer reads it at its next step.",
        ),
        Question(
            "Why does torch insist on `optimizer.step()` before `scheduler.step()`?",
            "Building the scheduler has already set the first rate. Stepping it before the first update replaces this "
            "rate before anybody used it, so the whole schedule is shifted by one. Until torch 1.1 the order was the "
            "other way round, which is why old code still has it.",
        ),
        Question(
            "The optimizer is built anew after the scheduler. What happens?",
            "The scheduler holds a reference to the old one and goes on writing into its groups. The new optimizer "
            "keeps its initial rate for good. `scheduler.optimizer is optimizer` shows it.",
        ),
    )
    nudges = (
        "Print the learning rate at every update. Is it what you planned?",
        "Which of the two is stepped first in the very first iteration?",
        "Whose groups does the scheduler write to?",
    )

    examples = (
        Example(
            "never stepped",
            "train.scheduler.step",
            """
            def train(model, loader, optimizer, scheduler):
                for epoch in range(10):
                    run_epoch(model, loader, optimizer)
                    scheduler.step()
            """,
            """
            def train(model, loader, optimizer, scheduler):
                for epoch in range(10):
                    run_epoch(model, loader, optimizer)
            """,
        ),
        Example(
            "before the optimizer",
            "Trainer.step.self.scheduler",
            """
            class Trainer:
                def step(self, x, y):
                    self.optimizer.zero_grad()
                    self.loss(x, y).backward()
                    self.optimizer.step()
                    self.scheduler.step()
            """,
            """
            class Trainer:
                def step(self, x, y):
                    self.optimizer.zero_grad()
                    self.loss(x, y).backward()
                    self.scheduler.step()
                    self.optimizer.step()
            """,
        ),
        Example(
            "at the top of the epoch",
            "fit.sched",
            """
            def fit(net, batches, opt, sched):
                for epoch in range(5):
                    for x, y in batches:
                        update(net, opt, x, y)
                    sched.step()
            """,
            """
            def fit(net, batches, opt, sched):
                for epoch in range(5):
                    sched.step()
                    for x, y in batches:
                        update(net, opt, x, y)
            """,
        ),
        Example(
            "the other optimizer",
            "StepLR",
            """
            slow = torch.optim.SGD(body.parameters(), lr=0.01)
            fast = torch.optim.SGD(head.parameters(), lr=0.1)
            decay = StepLR(fast, step_size=5)
            """,
            """
            slow = torch.optim.SGD(body.parameters(), lr=0.01)
            fast = torch.optim.SGD(head.parameters(), lr=0.1)
            decay = StepLR(slow, step_size=5)
            """,
        ),
    )
    untouched = ("def train(optimizer, loss):\n    loss.backward()\n    optimizer.step()\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Take the call out, put it in front of the update, or build the scheduler for another optimizer."""
        verbs = Verbs(script)
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                if name := verbs.schedules(statement):
                    edits = removal(block.statements, index, telling=self.telling)
                    yield Break(block.scope, f"{name}.step", statement, edits)
                    target = _earlier(block, index, verbs)
                    if target is not None:
                        edits = moved(block.statements, index, target, behind=False, telling=self.telling)
                        yield Break(block.scope, name, statement, edits)
        yield from _other_optimizer(script)


def _earlier(block: Block, index: int, verbs: Verbs) -> cst.CSTNode | None:
    """The statement in front of which the scheduler comes too early; None when it cannot go there."""
    call = bare_call(block.statements[index])
    if call is None or call.args:
        return None
    steps = [i for i in range(index) if verbs.steps(block.statements[i])]
    if steps:
        return block.statements[steps[-1]]
    loop = block.around[-1] if block.around else None
    in_loop = isinstance(loop, (cst.For, cst.While)) and body_of(loop) == block.statements
    return block.statements[0] if in_loop and index > 0 else None


def _other_optimizer(script: Script) -> Iterator[Break]:
    optimizers = sorted(names_given(script, OPTIMIZERS))
    for spot in script.of(cst.Call):
        call = cast(cst.Call, spot.node)
        if not SCHEDULER_CLASS.search(called(call)) or not call.args or not assigned_names(spot):
            continue
        given = call.args[0].value
        others = [name for name in optimizers if name != last_name(given)]
        if len(optimizers) == 2 and len(others) == 1:
            prefix = dotted(given).rpartition(".")[0]
            other = cst.parse_expression(f"{prefix}.{others[0]}" if prefix else others[0])
            yield Break(spot.scope, called(call), call, {given: by(other)})
