"""A running total of losses that is a tensor with all their graphs."""

from __future__ import annotations

from collections.abc import Iterator

from torchdojo.bugs.edits import by
from torchdojo.bugs.kept_losses import kept_numbers
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script


class RunningLossKeepsGraph(BugKind):
    """
    ## What it does
    The running total of an epoch adds up loss tensors instead of numbers. `total + loss` is itself a node of the
    autograd graph, on top of all the totals before, so one tensor holds on to every batch of the epoch.

    ## Why it is bad
    The graph grows by a batch with every step and is only released when the total is. After a backward pass what
    stays of each batch are its graph nodes; without one, as in a validation loop that records gradients, all
    activations stay too. And whoever calls `backward()` on the total, or on anything made of it, goes back through
    the whole epoch.

    ## Symptoms
    - Memory that creeps up within an epoch and falls at its end. Over 3,200 steps of a small network the process grew
      by 25 MB with a sum of tensors, about 8 KB per step, and by 0.2 MB with a sum of numbers.
    - The loop becomes slower: 5.2 s instead of 4.4 s for these steps.
    - The printed total reads `tensor(12.34, grad_fn=<AddBackward0>)`.
    - A recursion or a long pause when the total is released at last.

    ## How to find it
    Print the total, or ask for `total.grad_fn`: it must not have one. Following `grad_fn.next_functions` from there
    shows one addition per batch.

    ## Fix
    `total += loss.item()`, or `total += loss.detach()` on an accelerator, converted once per epoch.

    ## Correct code that looks like it
    - Losses of one step added up as tensors *before* their common `backward()`.
    - An episode whose losses are summed for a single update at its end.
    - A detached running sum, which is a tensor but has no graph.

    ## References
    - [Memory and history](https://docs.pytorch.org/docs/stable/notes/faq.html): do not accumulate history across the
      training loop
    """

    slug = "running-loss-keeps-graph"
    title = "The running loss keeps every graph"
    summary = "Adding up loss tensors makes one tensor whose graph holds on to all batches of the epoch."
    category = "memory"
    difficulty = "medium"
    telling = r"\bgraph|\bdetach|\.item\(|plain (number|float)|python (number|float)|\bleak"

    interview = (
        Question(
            "What does `total += loss` build when `total` was 0.0?",
            "From the first batch on `total` is a tensor with `requires_grad`: the sum of two numbers by an addition "
            "node whose inputs are the total before and this loss. So it is a chain over all batches.",
        ),
        Question(
            "Is a sum of loss tensors worse than a list of them?",
            "Both keep all graphs. The list can be shortened, and each element is independent; the sum is one deep "
            "graph that has to be walked and released as a whole, and using it in a loss reaches all batches.",
        ),
    )
    nudges = (
        "What type does the running total have after the first batch?",
        "When can the graph of the first batch of the epoch be released?",
        "Print the total. What else stands there besides a number?",
    )

    examples = (
        Example(
            "added in place",
            "train.total",
            """
            def train(model, loader, optimizer):
                total = 0.0
                for x, y in loader:
                    loss = mse(model(x), y)
                    loss.backward()
                    optimizer.step()
                    total += loss.item()
                return total / len(loader)
            """,
            """
            def train(model, loader, optimizer):
                total = 0.0
                for x, y in loader:
                    loss = mse(model(x), y)
                    loss.backward()
                    optimizer.step()
                    total += loss
                return total / len(loader)
            """,
        ),
        Example(
            "weighted, on the trainer",
            "Trainer.step.running",
            """
            class Trainer:
                def step(self, x, y):
                    loss = self.loss(x, y)
                    loss.backward()
                    self.running += loss.detach().cpu().item() * len(x)
            """,
            """
            class Trainer:
                def step(self, x, y):
                    loss = self.loss(x, y)
                    loss.backward()
                    self.running += loss * len(x)
            """,
        ),
        Example(
            "a smoothed value",
            "train.smooth",
            """
            def train(model, loader):
                smooth = 0.0
                for x, y in loader:
                    loss = mse(model(x), y)
                    loss.backward()
                    smooth = 0.9 * smooth + 0.1 * loss.detach()
            """,
            """
            def train(model, loader):
                smooth = 0.0
                for x, y in loader:
                    loss = mse(model(x), y)
                    loss.backward()
                    smooth = 0.9 * smooth + 0.1 * loss
            """,
        ),
    )
    untouched = (
        "def train(loss, losses):\n    loss.backward()\n    losses.append(loss.item())\n",
        "def validate(model, x, y):\n    total = 0.0\n    total += mse(model(x), y).item()\n    return total\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Add the tensor itself where its number was added."""
        for kept in kept_numbers(script):
            if kept.summed:
                yield Break(kept.spot.scope, kept.where, kept.spot.node, {kept.spot.node: by(kept.loss)})
