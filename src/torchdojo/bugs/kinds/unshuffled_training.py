"""Training rows come in the same order every epoch."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import (
    assigned_names,
    bare_call,
    called,
    dotted,
    expression,
    keyword,
    owner,
    without_argument,
)

_RANDOM_SAMPLERS = {"RandomSampler", "SubsetRandomSampler"}


class UnshuffledTraining(BugKind):
    """
    ## What it does
    The training loader hands out the rows in the order in which they are stored, every epoch the same.

    ## Why it is bad
    It depends on that order. If the rows are sorted, by class, by time, by source, each batch shows one kind of row
    only, and the weights are pulled towards whatever came last: a classifier trained on rows sorted by class can end
    up at chance. If the rows were mixed before they were stored, a fixed order does no measurable harm.

    ## Symptoms
    - The training loss has the same saw-tooth in every epoch.
    - Batches contain a single class; batch norm sees lopsided statistics.
    - Held-out accuracy is far below what the training loss suggests.

    ## How to find it
    Print the labels of the first two batches, in two epochs. Or look at how the loader draws its rows:
    `loader.sampler` is a `SequentialSampler` when nothing is shuffled, which is the default.

    ## Fix
    `DataLoader(..., shuffle=True)` for training; the permutation is drawn anew each epoch. Evaluation needs no
    shuffling, as its result does not depend on the order.

    ## Correct code that looks like it
    - Full-batch training: with one batch there is no order.
    - Sequences whose state is carried from batch to batch, and curricula, which need their order.
    - A sampler of one's own, an iterable data set with a shuffle buffer, or a permutation drawn by hand each epoch.
    - An overfit test on one batch.

    ## References
    - [DataLoader](https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader): `shuffle` is false by
      default
    """

    slug = "unshuffled-training"
    title = "Training data are not shuffled"
    summary = "Each epoch serves the rows in the same order; with sorted rows that ruins training."
    category = "convergence"
    difficulty = "easy-medium"
    telling = r"shuffl|permut|random order|new order|same order"

    interview = (
        Question(
            "Why does the order of the rows matter to stochastic gradient descent?",
            "The gradient of a batch should estimate that of the whole set. Rows that are alike in a batch make it a "
            "biased estimate, and a fixed order repeats that bias every epoch instead of averaging it out.",
        ),
        Question(
            "Should the validation loader shuffle as well?",
            "It does not have to: the metric is a mean over all rows. Keeping the order makes results easier to "
            "compare row by row.",
        ),
        Question(
            "When does it do no harm at all?",
            "When the stored order is already random, for example after a random split, or when every batch is the "
            "whole data set.",
        ),
    )
    nudges = (
        "Which labels are in the first batch?",
        "In what order are the rows stored, and who changes it?",
        "Compare the first batch of two epochs.",
    )

    examples = (
        Example(
            "the loader's switch",
            "main.train_loader",
            """
            def main():
                train_loader = DataLoader(train_set, batch_size=32, shuffle=True, drop_last=True)
                val_loader = DataLoader(val_set, batch_size=32)
            """,
            """
            def main():
                train_loader = DataLoader(train_set, batch_size=32, shuffle=False, drop_last=True)
                val_loader = DataLoader(val_set, batch_size=32)
            """,
        ),
        Example(
            "a random sampler",
            "main",
            """
            def main():
                loader = DataLoader(
                    train_set,
                    batch_size=32,
                    sampler=RandomSampler(train_set),
                )
            """,
            """
            def main():
                loader = DataLoader(
                    train_set,
                    batch_size=32,
                )
            """,
        ),
        Example(
            "a permutation per epoch",
            "train.order",
            """
            def train(x, y):
                for epoch in range(10):
                    order = torch.randperm(len(x), generator=rng)
                    for rows in order.split(32):
                        step(x[rows], y[rows])
            """,
            """
            def train(x, y):
                for epoch in range(10):
                    order = torch.arange(len(x))
                    for rows in order.split(32):
                        step(x[rows], y[rows])
            """,
        ),
        Example(
            "a list shuffled in place",
            "train.rows",
            """
            def train(rows):
                for epoch in range(10):
                    random.shuffle(rows)
                    step(rows)
            """,
            """
            def train(rows):
                for epoch in range(10):
                    step(rows)
            """,
        ),
        Example(
            "NumPy's permutation",
            "train.order",
            "def train(x, rng):\n    order = rng.permutation(len(x))\n    return x[order]",
            "def train(x, rng):\n    order = np.arange(len(x))\n    return x[order]",
        ),
    )
    untouched = ("loader = DataLoader(data, batch_size=8, shuffle=False)\nx = np.arange(8)\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Switch the shuffling off, or put the stored order in the place of a permutation."""
        for spot in script.of(cst.Call):
            if (replacement := _in_stored_order(spot)) is not None:
                name = next(iter(assigned_names(spot)), called(spot.node))
                place = (spot.scope, name, spot.node)
                yield Break(*place, {spot.node: by(replacement)})
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                call = bare_call(statement)
                if call is not None and called(call) == "shuffle" and len(call.args) == 1:
                    place = (block.scope, owner(call.args[0].value), call)
                    yield Break(*place, removal(block.statements, index, telling=self.telling))


def _in_stored_order(spot: Spot) -> cst.Call | None:
    call = spot.node
    assert isinstance(call, cst.Call)
    if called(call).endswith("DataLoader"):
        shuffle, sampler = keyword(call, "shuffle"), keyword(call, "sampler")
        if shuffle is not None and isinstance(shuffle.value, cst.Name) and shuffle.value.value == "True":
            off = shuffle.with_changes(value=cst.Name("False"))
            return call.with_changes(args=[off if arg is shuffle else arg for arg in call.args])
        if sampler is not None and called(sampler.value) in _RANDOM_SAMPLERS:
            return without_argument(call, sampler)
    if called(call) in {"randperm", "permutation"} and call.args:
        rows = call.args[0].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        library = "torch" if called(call) == "randperm" else "np"
        if library == "np" and not dotted(call.func).startswith(("np.", "rng.", "generator.", "self.rng.")):
            return None
        return call.with_changes(func=expression(f"{library}.arange"), args=[rows])
    return None
