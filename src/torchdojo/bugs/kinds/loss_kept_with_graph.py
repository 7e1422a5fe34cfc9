"""The loss is kept as a tensor, and its graph with it."""

from __future__ import annotations

from collections.abc import Iterator

from torchdojo.bugs.edits import by
from torchdojo.bugs.kept_losses import kept_numbers
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script


class LossKeptWithGraph(BugKind):
    """
    ## What it does
    The loss of each batch is appended to a list, or returned and stored, as a tensor that still knows how it
    was computed. As long as the list lives, so does every batch's chain of graph nodes.

    ## Why it is bad
    Memory grows with the number of batches. How much depends on whether `backward()` has run. It frees the saved
    activations, so what stays behind is only the chain of node objects, some kilobytes per step for a small network:
    slow growth that a look at tensor memory does not show. Without a backward pass (a validation loop that records
    gradients, `retain_graph=True`) all the activations stay as well, and memory is gone within an epoch.

    A running sum is worse than a list: `total + loss` is itself a node over all the earlier ones.

    ## Symptoms
    - The memory of the process creeps up within an epoch, and drops when the list is released.
    - `torch.cuda.memory_allocated()` hardly moves, since the tensors are freed: count live graph nodes instead.
    - The printed total shows `grad_fn=...`.

    ## How to find it
    Look at what outlives one iteration. `losses[0].grad_fn` must not exist. To measure it, put a weakly referenced
    object into `loss.grad_fn.metadata` and see whether it is gone after the iteration.

    ## Fix
    Keep the number: `loss.item()` or `float(loss)`. On an accelerator, where each `.item()` waits for the device,
    keep `loss.detach()` and convert once per epoch.

    ## Correct code that looks like it
    - Losses of one step summed as tensors *before* a common `backward()`.
    - Rewards or log-probabilities of one episode collected for the update at its end.
    - Detached tensors in a list: they hold a scalar each, no graph.

    ## References
    - [Memory and history](https://docs.pytorch.org/docs/stable/notes/faq.html): do not accumulate history across the
      training loop
    - [Tensor.detach](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.detach.html)
    """

    slug = "loss-kept-with-graph"
    title = "The loss is kept with its graph"
    summary = "Statistics hold on to tensors that hold on to every batch's graph."
    category = "memory"
    difficulty = "medium"
    telling = r"\bgraph|\bdetach|\.item\(|plain (number|float)|python (number|float)|\bleak"

    interview = (
        Question(
            "What does a loss tensor in a list keep alive after `backward()`?",
            "Its value and the chain of graph nodes behind it. The activations saved for the backward pass have been "
            "freed by then, so it is kilobytes per step, not the whole forward pass.",
        ),
        Question(
            "In which situation does the same line eat all the memory?",
            "When no backward pass frees the saved tensors: validation without `no_grad`, or `retain_graph=True`. "
            "Then every element keeps its batch's activations.",
        ),
        Question(
            "Is `.item()` free?",
            "On the CPU practically. On an accelerator it copies to the host and waits for all queued work, so once "
            "per step in a tight loop it costs speed; a detached running sum on the device avoids that.",
        ),
    )
    nudges = (
        "What exactly do you keep from each iteration?",
        "Print the first element of the list. What does it show besides a number?",
        "When can the graph of the first batch be freed?",
    )

    examples = (
        Example(
            "appended to a list",
            "train",
            """
            def train(model, loader, optimizer):
                losses = []
                for x, y in loader:
                    loss = mse(model(x), y)
                    loss.backward()
                    optimizer.step()
                    losses.append(loss.item())
                    print(loss.item())
                return sum(losses) / len(losses)
            """,
            """
            def train(model, loader, optimizer):
                losses = []
                for x, y in loader:
                    loss = mse(model(x), y)
                    loss.backward()
                    optimizer.step()
                    losses.append(loss)
                    print(loss.item())
                return sum(losses) / len(losses)
            """,
        ),
        Example(
            "a history on the trainer",
            "Trainer.step",
            """
            class Trainer:
                def step(self, x, y):
                    loss = self.loss(x, y)
                    loss.backward()
                    self.history["loss"].append(float(loss))
            """,
            """
            class Trainer:
                def step(self, x, y):
                    loss = self.loss(x, y)
                    loss.backward()
                    self.history["loss"].append(loss)
            """,
        ),
        Example(
            "returned by a step, half of it accumulated",
            "step",
            """
            def step(model, x, y):
                loss = mse(model(x), y)
                (loss / 2).backward()
                return loss.item()
            """,
            """
            def step(model, x, y):
                loss = mse(model(x), y)
                (loss / 2).backward()
                return loss
            """,
        ),
        Example(
            "what a closure returned",
            "train.losses",
            "def train(optimizer, losses):\n    losses.append(optimizer.step(closure).item())",
            "def train(optimizer, losses):\n    losses.append(optimizer.step(closure))",
        ),
    )
    untouched = (
        "def validate(model, x, y):\n    total = 0.0\n    total += mse(model(x), y).item()\n    return total\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Keep the tensor itself where its number was kept; sums are a kind of their own."""
        for kept in kept_numbers(script):
            if not kept.summed:
                yield Break(kept.spot.scope, kept.where, kept.spot.node, {kept.spot.node: by(kept.loss)})
