"""Predictions and targets differ in shape and broadcast against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.data_shapes import TARGETS, widened
from torchdojo.bugs.edits import by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import assigned_names, called, receiver

_PREDICTIONS = re.compile(r"(preds?|predictions?|outputs?|out|y_?hat|y_pred|estimates?)$", re.IGNORECASE)
_LOSSES = re.compile(r"(criterion|loss\w*|mse\w*|l1_loss|smooth_l1_loss|huber_loss)$", re.IGNORECASE)


class TargetShapeBroadcast(BugKind):
    """
    ## What it does
    The network returns (B, 1) and the targets have the shape (B,). An element-wise loss broadcasts the two to (B, B):
    every prediction is compared with every target.

    ## Why it is bad
    The best answer to that question is the same for every row, the mean of the targets, and so the network learns to
    ignore its input. Nothing crashes. It is the nastiest kind of shape error, because the code runs to the end and the
    loss even falls at first.

    ## Symptoms
    - The loss settles at the variance of the targets, whatever the network.
    - All predictions are nearly the same number.
    - `mse_loss` and its relatives print a `UserWarning` about different sizes, once. A hand-written
      `((a - b) ** 2).mean()` prints nothing.

    ## How to find it
    Print the shapes of both arguments of the loss. Compare the loss with `targets.var()`.

    ## Fix
    Give both the same shape: `y.unsqueeze(1)` where the data are made, or `model(x).squeeze(1)` before the loss. Name
    the dimension to squeeze; a bare `squeeze()` also drops a batch of one. Assert that the shapes are equal.

    ## Correct code that looks like it
    - Cross-entropy: (B, C) against class indices of shape (B,) is what it wants.
    - Pairwise and contrastive losses that broadcast on purpose.
    - Weights of shape (B, 1) or (1, C) in a hand-written loss.

    ## References
    - [Broadcasting](https://docs.pytorch.org/docs/stable/notes/broadcasting.html)
    - [MSELoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html): the target has the input's shape
    """

    slug = "target-shape-broadcast"
    title = "Targets broadcast against predictions"
    summary = "(B, 1) minus (B,) is (B, B): the network learns the mean of the targets."
    category = "correctness"
    difficulty = "medium-hard"
    telling = r"broadcast|(target|prediction|label)\w*\W+(\w+\W+){0,4}same shape|same shape"

    interview = (
        Question(
            "Why does the network learn the mean of the targets?",
            "The loss averages (p_i - t_j)^2 over all pairs. For each i the minimum lies at the mean of all t_j, the "
            "same for every row. What remains is the variance of the targets.",
        ),
        Question(
            "Which losses guard against it, and how do you guard the others?",
            "PyTorch's own `mse_loss`, `l1_loss`, `smooth_l1_loss` and `huber_loss` warn when the sizes differ. For "
            "hand-written losses assert equal shapes; in tests turn the warning into an error.",
        ),
    )
    nudges = (
        "Which shapes meet inside the loss?",
        "What is the loss of a model that always predicts the mean?",
        "Read the warnings at the top of the output.",
    )

    examples = (
        Example(
            "the targets' last dimension",
            "make_data",
            """
            def make_data(x, y):
                x = x.unsqueeze(1)

                # One column each.
                y = y.unsqueeze(1)
                return x, y
            """,
            """
            def make_data(x, y):
                x = x.unsqueeze(1)

                # One column each.
                return x, y
            """,
        ),
        Example(
            "as the batch arrives",
            "train.y",
            "def train(net, loader):\n    for x, y in loader:\n        loss = F.mse_loss(net(x), y.view(-1, 1))",
            "def train(net, loader):\n    for x, y in loader:\n        loss = F.mse_loss(net(x), y)",
        ),
        Example(
            "the prediction squeezed",
            "train.preds",
            "def train(net, xb, yb):\n    preds = net(xb).squeeze(-1)\n    return ((preds - yb) ** 2).mean()",
            "def train(net, xb, yb):\n    preds = net(xb)\n    return ((preds - yb) ** 2).mean()",
        ),
        Example(
            "squeezed inside the loss",
            "train",
            "def train(net, xb, yb):\n    return loss_fn(net(xb)[:, 0], yb)",
            "def train(net, xb, yb):\n    return loss_fn(net(xb), yb)",
        ),
        Example(
            "squeezed by the model",
            "Net.forward",
            "class Net(nn.Module):\n    def forward(self, x):\n        return self.layers(x).squeeze(1)",
            "class Net(nn.Module):\n    def forward(self, x):\n        return self.layers(x)",
        ),
    )
    untouched = ("def train(net, x, y):\n    h = x.squeeze(1)\n    return loss_fn(net(h), y)\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Leave out what gives targets, or predictions, the other's shape."""
        for spot, name, edit in widened(script, TARGETS):
            yield Break(spot.scope, name, spot.node, {spot.node: edit})
        for spot in script.of(cst.Call, cst.Subscript):
            whole = _squeezed(spot.node)
            if whole is not None and (name := _prediction(spot)):
                yield Break(spot.scope, name, spot.node, {spot.node: by(whole)})


def _squeezed(node: cst.CSTNode) -> cst.BaseExpression | None:
    """`p` for `p.squeeze(...)`, `p.flatten()`, `p.view(-1)` or `p[:, 0]`; None for anything else."""
    if isinstance(node, cst.Subscript) and len(node.slice) == 2:
        rows, column = node.slice[0].slice, node.slice[1].slice
        first = isinstance(column, cst.Index) and isinstance(column.value, cst.Integer) and column.value.value == "0"
        return node.value if first and isinstance(rows, cst.Slice) else None
    if isinstance(node, cst.Call) and not node.args:
        return receiver(node, "squeeze", "flatten", "ravel")
    if isinstance(node, cst.Call) and len(node.args) == 1:
        return receiver(node, "squeeze", "view", "reshape")
    return None


def _prediction(spot: Spot) -> str:
    """What the prediction at the spot is called: a name, "return" in `forward`, or the loss it goes into; or ""."""
    outer = spot.ancestors[-1]
    if isinstance(outer, cst.Assign):
        return next((name for name in assigned_names(spot) if _PREDICTIONS.match(name)), "")
    if isinstance(outer, cst.Return):
        return "return" if spot.scope.endswith(".forward") else ""
    call = spot.ancestors[-2] if isinstance(outer, cst.Arg) else None
    if isinstance(call, cst.Call) and _LOSSES.match(called(call)) and call.args[0] is outer:
        return called(call)
    return ""
