"""Batch norm is trained with batches of one or two rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import assigned_names, called, dotted, expression, keyword, number, without_argument

_NORM = re.compile(r"BatchNorm[123]d|LazyBatchNorm|batch_norm\(")
_SIZE = re.compile(r"(train_?)?(batch_?size|bs|b)$", re.IGNORECASE)
_HELD_OUT = re.compile(r"(val|valid|test|eval|dev|held)", re.IGNORECASE)
_LOADERS = frozenset({"DataLoader"})


class BatchNormTinyBatch(BugKind):
    """
    ## What it does
    A network with batch norm is trained with batches of one or two rows; or its batches are large but the last one of
    an epoch is not, because `drop_last` is missing and the number of rows is one more than a multiple of the batch
    size.

    ## Why it is bad
    Batch norm subtracts the mean of a channel over the batch and divides by its standard deviation. Of a single value
    neither can be taken, and torch refuses it in train mode. Of two values a and b the result is +1 and -1, whatever
    they were: measured, a batch of two random rows comes out as ones and minus ones to four digits. All that is
    left of the inputs is which of the two was larger. The running statistics that evaluation uses are averages over
    such batches, and do not fit them.

    ## Symptoms
    - `ValueError: Expected more than 1 value per channel when training, got input size torch.Size([1, 16])`, at the
      end of the first epoch and not at its beginning.
    - A loss that hardly falls in training, predictions in eval mode that have little to do with those in train mode.
    - The result depends on which rows happen to share a batch.

    ## How to find it
    Print the shape of what enters the first batch norm. What counts is the number of values per channel: rows times
    positions. For images that is much even for a small batch, after a linear layer it is the number of rows alone.

    ## Fix
    Larger batches, and `drop_last=True` for training when the last batch may be tiny. Where memory does not allow
    more, use a norm that does not look across rows: `GroupNorm`, `LayerNorm`, `InstanceNorm`. Gradient accumulation
    does not help: each micro-batch is normalised by itself.

    ## Correct code that looks like it
    - One or two large images per batch: thousands of values per channel.
    - Layer norm, group norm and instance norm with any batch size.
    - Batch norm in eval mode, frozen for fine-tuning, with single rows.
    - A last batch that is smaller, but not tiny.

    ## References
    - [BatchNorm1d](https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html)
    - [Group Normalization](https://arxiv.org/abs/1803.08494): the error of batch norm rises as batches shrink
    """

    slug = "batch-norm-tiny-batch"
    title = "Batch norm with tiny batches"
    summary = "Mean and variance of one or two values: an error, or nothing left of the inputs."
    category = "convergence"
    difficulty = "medium"
    telling = r"drop_last|last batch|batch ?norm|batch size|statistics|incomplete"

    interview = (
        Question(
            "What does batch norm return for a batch of two rows after a linear layer?",
            "For each channel the mean is (a + b) / 2 and the standard deviation |a - b| / 2, so that the normalised "
            "values are +1 and -1 (but for epsilon). Only the sign of a - b survives. With one row the deviation would "
            "be 0, and torch raises an error in train mode.",
        ),
        Question(
            "A run crashes in the last step of the first epoch: 'Expected more than 1 value per channel'. Why there?",
            "The number of rows is a multiple of the batch size plus one, so the last batch has a single row. "
            "drop_last=True for the training loader removes it; or choose a batch size with another remainder.",
        ),
        Question(
            "Does gradient accumulation simulate a large batch for a network with batch norm?",
            "Not fully. The gradients add up as for a large batch, but mean and variance are those of each micro-"
            "batch. Synchronised batch norm shares them among devices; otherwise use group or layer norm.",
        ),
    )
    nudges = (
        "Over how many values does each batch norm take its mean?",
        "How large is the last batch of an epoch?",
        "Print what comes out of the first batch norm for one batch.",
    )

    examples = (
        Example(
            "a loader",
            "train_loader.DataLoader",
            """
            def train_loader(data):
                return DataLoader(data, batch_size=32, shuffle=True)


            net = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
            """,
            """
            def train_loader(data):
                return DataLoader(data, batch_size=2, shuffle=True)


            net = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
            """,
        ),
        Example(
            "a last batch that is kept",
            "drop_last",
            """
            net = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
            loader = DataLoader(rows, batch_size=size, shuffle=True, drop_last=True)
            """,
            """
            net = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
            loader = DataLoader(rows, batch_size=size, shuffle=True)
            """,
        ),
        Example(
            "a constant",
            "BATCH_SIZE",
            """
            BATCH_SIZE = 64


            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.norm = nn.BatchNorm1d(8)
            """,
            """
            BATCH_SIZE = 2


            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.norm = nn.BatchNorm1d(8)
            """,
        ),
        Example(
            "pieces of a permutation",
            "epoch.split",
            """
            def epoch(x, y, net):
                for rows in torch.randperm(len(x)).split(32):
                    step(net, x[rows], y[rows])


            net = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16))
            """,
            """
            def epoch(x, y, net):
                for rows in torch.randperm(len(x)).split(2):
                    step(net, x[rows], y[rows])


            net = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16))
            """,
        ),
    )
    untouched = (
        "net = nn.Sequential(nn.Linear(4, 8), nn.LayerNorm(8))\nloader = DataLoader(rows, batch_size=32)\n",
        "net = nn.BatchNorm1d(8)\nloader = DataLoader(rows, batch_size=size)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """A batch size of 2, or a last batch that is not dropped."""
        if not _NORM.search(script.module.code):
            return
        for spot in script.of(cst.Call, cst.Assign, cst.AnnAssign, cst.Param):
            node = spot.node
            if isinstance(node, cst.Call):
                yield from _of_call(script, spot.scope, node, assigned_names(spot))
                continue
            name, value = _bound(node)
            if value is not None and _SIZE.match(name) and _is_batch(value):
                yield Break(spot.scope, name, node, {value: by(expression("2"))})


def _bound(node: cst.CSTNode) -> tuple[str, cst.BaseExpression | None]:
    """The name that an assignment or a parameter gives a value to, and the value."""
    if isinstance(node, cst.Param):
        return node.name.value, node.default
    assert isinstance(node, (cst.Assign, cst.AnnAssign))
    target = node.targets[0].target if isinstance(node, cst.Assign) else node.target
    return dotted(target).rpartition(".")[2], node.value


def _of_call(script: Script, scope: str, call: cst.Call, names: list[str]) -> Iterator[Break]:
    if any(_HELD_OUT.match(name) for name in names):
        return
    dropped = keyword(call, "drop_last")
    name = names[0] if len(names) == 1 and called(call) in _LOADERS else called(call)
    if dropped is not None and isinstance(dropped.value, cst.Name) and dropped.value.value == "True":
        yield Break(scope, "drop_last", call, {call: by(without_argument(call, dropped))})
    size = next((arg for arg in call.args if arg.keyword is not None and _SIZE.match(arg.keyword.value)), None)
    if size is None and called(call) in _LOADERS and len(call.args) > 1 and call.args[1].keyword is None:
        size = call.args[1]
    if size is None and called(call) == "split" and len(call.args) == 1 and "randperm" in script.code(call.func):
        size = call.args[0]
    if size is not None and _is_batch(size.value):
        yield Break(scope, name, call, {size.value: by(expression("2"))})


def _is_batch(node: cst.BaseExpression) -> bool:
    value = number(node)
    return value is not None and value == int(value) and 4 <= value <= 4096
