"""A scheduler that counts epochs and is stepped per batch, or the other way round."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

import libcst as cst

from torchdojo.bugs.edits import Edits, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Block, Script
from torchdojo.bugs.syntax import called, dotted
from torchdojo.bugs.training_steps import Verbs, body_of, moved

#: Arguments that say for how many steps a scheduler is made, by its class.
_HORIZONS = {
    "CosineAnnealingLR": ("T_max", 1),
    "LinearLR": ("total_iters", 3),
    "PolynomialLR": ("total_iters", 1),
    "OneCycleLR": ("total_steps", 2),
}
_EPOCHS = re.compile(r"epoch", re.IGNORECASE)


class SchedulerGranularity(BugKind):
    """
    ## What it does
    A schedule is made for a number of steps: epochs, or batches, or updates. The loop steps it in another unit, so it
    is over long before training is, or has hardly begun when training ends.

    ## Why it is bad
    A decay by 0.3 every 5 steps, meant in epochs, falls below a millionth within 60 batches, and everything after
    that is a waste of time. A cosine of 10 epochs that is stepped per batch goes up and down again every 20 batches.
    The other way round, a schedule made for 8,000 updates and stepped per epoch stays at its beginning: the rate
    never falls, or a warm-up never ends.

    ## Symptoms
    - The loss freezes early although nothing is wrong with the data: with a step decay made for epochs and stepped per
      batch a run stopped at 1.079, its first value was 1.133; stepped per epoch it came to 0.423.
    - A cosine in the wrong unit is nearly invisible: 0.300 per batch and 0.290 per epoch after 20 epochs.
    - `OneCycleLR` raises `ValueError: Tried to step 11 times`.

    ## How to find it
    Record the learning rate at every update and look at its whole curve. Or compare two numbers: how often `step()` is
    called in a whole run, and for how many calls the scheduler was built.

    ## Fix
    Decide for one unit and use it in both places: `T_max=epochs` with a call per epoch, or
    `T_max=epochs * len(loader)` with a call per update. With accumulation count updates, not batches.

    ## Correct code that looks like it
    - Both cadences, as long as the horizon is counted in the same unit.
    - Warm restarts and cyclic schedules, which go up and down many times on purpose.
    - `OneCycleLR` and warm-ups per batch; `ReduceLROnPlateau` and step decays per epoch.
    - A run that is stopped early by its validation loss.

    ## References
    - [OneCycleLR](https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html): to be
      called after every batch
    - [CosineAnnealingLR](https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html)
    """

    slug = "scheduler-granularity"
    title = "Scheduler stepped in the wrong unit"
    summary = "The schedule is made for epochs and stepped per batch, or made for batches and stepped per epoch."
    category = "convergence"
    difficulty = "medium"
    telling = r"schedul|\bdecay|anneal|learning rate|\blr\b|per (epoch|batch|update|step)|once (an|per|every)"

    interview = (
        Question(
            "How do you know in which unit a scheduler has to be stepped?",
            "From its own arguments. It only counts its calls: `T_max`, `total_steps`, `step_size` and milestones are "
            "numbers of calls, and whoever chose them had epochs or updates in mind. The two must match.",
        ),
        Question(
            "You add gradient accumulation over four batches to a script with a per-batch schedule. What else changes?",
            "There are a quarter as many updates, so the total number of steps of the schedule shrinks by four, and "
            "the scheduler has to be stepped together with the optimizer, not with every batch. Otherwise the rate "
            "falls four times as fast per update.",
        ),
    )
    nudges = (
        "How often is the scheduler stepped in the whole run?",
        "In which unit are the scheduler's own numbers?",
        "Plot the learning rate over the whole run.",
    )

    examples = (
        Example(
            "from the epoch into the batch",
            "train.scheduler",
            """
            def train(model, loader, optimizer, scheduler, epochs):
                for epoch in range(epochs):
                    for x, y in loader:
                        optimizer.zero_grad()
                        criterion(model(x), y).backward()
                        optimizer.step()
                    scheduler.step()
                    print(epoch)
            """,
            """
            def train(model, loader, optimizer, scheduler, epochs):
                for epoch in range(epochs):
                    for x, y in loader:
                        optimizer.zero_grad()
                        criterion(model(x), y).backward()
                        optimizer.step()
                        scheduler.step()
                    print(epoch)
            """,
        ),
        Example(
            "from the batch into the epoch",
            "Trainer.fit.self.scheduler",
            """
            class Trainer:
                def fit(self, loader):
                    for epoch in range(self.epochs):
                        for x, y in loader:
                            self.loss(x, y).backward()
                            self.optimizer.step()
                            self.scheduler.step()
            """,
            """
            class Trainer:
                def fit(self, loader):
                    for epoch in range(self.epochs):
                        for x, y in loader:
                            self.loss(x, y).backward()
                            self.optimizer.step()
                        self.scheduler.step()
            """,
        ),
        Example(
            "a horizon in epochs",
            "CosineAnnealingLR",
            """
            scheduler = CosineAnnealingLR(optimizer, T_max=EPOCHS * len(loader))
            """,
            """
            scheduler = CosineAnnealingLR(optimizer, T_max=EPOCHS)
            """,
        ),
        Example(
            "with every micro-batch",
            "train.sched",
            """
            def train(model, batches, opt, sched):
                for i, (x, y) in enumerate(batches):
                    (criterion(model(x), y) / 4).backward()
                    if (i + 1) % 4 == 0:
                        opt.step()
                        sched.step()
                        opt.zero_grad()
            """,
            """
            def train(model, batches, opt, sched):
                for i, (x, y) in enumerate(batches):
                    (criterion(model(x), y) / 4).backward()
                    if (i + 1) % 4 == 0:
                        opt.step()
                        opt.zero_grad()
                    sched.step()
            """,
        ),
    )
    untouched = (
        "def train(optimizer, loss):\n    loss.backward()\n    optimizer.step()\n",
        "scheduler = ReduceLROnPlateau(optimizer, patience=3)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Move the call into the loop over batches or out of it, or count the horizon in epochs."""
        verbs = Verbs(script)
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                name = verbs.schedules(statement)
                found = self._moved(block, index, verbs) if name else None
                if found is not None:
                    yield Break(block.scope, name, *found)
        yield from _shorter(script)

    def _moved(self, block: Block, index: int, verbs: Verbs) -> tuple[cst.CSTNode, Edits] | None:
        """The edits, and the node that shows the place: what moves in itself, what moves out by its surroundings."""
        statements, telling = block.statements, self.telling
        for earlier in reversed(statements[:index]):
            if isinstance(earlier, (cst.For, cst.While)) and any(verbs.steps(inner) for inner in body_of(earlier)):
                last = body_of(earlier)[-1]
                return statements[index], moved(statements, index, last, behind=True, telling=telling)
        if not any(verbs.steps(earlier) for earlier in statements[:index]) or not block.around:
            return None
        around = block.around[-1]
        loops = [node for node in block.around if isinstance(node, (cst.For, cst.While))]
        if isinstance(around, cst.If) and around.orelse is None and loops:
            return around, moved(statements, index, around, behind=True, telling=telling)
        if len(loops) > 1 and around is loops[-1]:
            return around, moved(statements, index, around, behind=True, telling=telling)
        return None


def _shorter(script: Script) -> Iterator[Break]:
    """A horizon of epochs times batches, without the batches."""
    for spot in script.of(cst.Call):
        call = cast(cst.Call, spot.node)
        if called(call) not in _HORIZONS:
            continue
        name, position = _HORIZONS[called(call)]
        for number, arg in enumerate(call.args):
            meant = arg.keyword.value == name if arg.keyword is not None else number == position
            value = arg.value
            if not meant or not isinstance(value, cst.BinaryOperation) or not isinstance(value.operator, cst.Multiply):
                continue
            for side in (value.left, value.right):
                if _EPOCHS.search(dotted(side)):
                    yield Break(spot.scope, called(call), call, {value: by(side)})
                    break
