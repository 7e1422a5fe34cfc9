"""Predictions and targets are compared across each other."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edit, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.predictions import compared, is_output
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import assigned_names, called, keyword, receiver, with_argument


class MetricBroadcasting(BugKind):
    """
    ## What it does
    The predictions have the shape (N, 1) and the targets (N,). `predictions == targets` does not fail: both are
    broadcast, and the result is an N x N table that compares every prediction with every target.

    ## Why it is bad
    The metric no longer measures the model. The mean of the table is the chance that a prediction agrees with the
    target of *some* row, which depends on the class frequencies only. Its sum grows with N squared, so that dividing
    by the number of rows gives an "accuracy" far above one.

    ## Symptoms
    - An accuracy that is stuck near the share of the classes, whatever the loss does: 0.50 for two balanced classes
      where the model had 0.97.
    - Or an accuracy of 11.0, or 1100 %: 32 rows gave 1,024 results, a third of them true for three classes.
    - The last, smaller batch changes the result more than it should.

    ## How to find it
    Print the shape of what the comparison returns. It has to be the shape of the targets. Two equal shapes on both
    sides are the rule; any difference is worth a second look.

    ## Fix
    Bring both sides to one shape: `predictions.squeeze(1) == targets`, or `targets.unsqueeze(1)`, and leave out
    `keepdim=True`. An `assert predictions.shape == targets.shape` in the metric costs nothing.

    ## Correct code that looks like it
    - `labels[:, None] == labels[None, :]`: a table of pairs on purpose, as contrastive losses need it.
    - `targets[:, None] == torch.arange(classes)`: one-hot rows by comparison.
    - Top-k accuracy: (N, k) predictions against (N, 1) targets.

    ## References
    - [Broadcasting semantics](https://docs.pytorch.org/docs/stable/notes/broadcasting.html)
    """

    slug = "metric-broadcasting"
    title = "The metric compares every row with every row"
    summary = "(N, 1) predictions against (N,) targets make an N x N table, and the metric means nothing."
    category = "evaluation"
    difficulty = "medium"
    telling = r"broadcast|same shape|keep_?dim|squeez|one (result|answer|number) (per|for each) row"

    interview = (
        Question(
            "`pred` has shape (32, 1) and `y` has shape (32,). What is `(pred == y).float().mean()`?",
            "Broadcasting aligns shapes from the right: (32, 1) and (1, 32) become (32, 32). The mean is the share of "
            "equal pairs over all 1,024 combinations, about the chance agreement of the two label distributions, and "
            "nearly independent of whether the rows match.",
        ),
        Question(
            "Why does torch not warn here, while it warns for `mse_loss`?",
            "`mse_loss` knows that its arguments are meant to have one shape. `==` is a general element-wise "
            "operation for which broadcasting is legitimate, so only the caller can know that it is a slip.",
        ),
    )
    nudges = (
        "How many numbers does the comparison return for a batch of N rows?",
        "Print the shapes of both sides of the comparison.",
        "Which value would the metric have if you shuffled the predictions?",
    )

    examples = (
        Example(
            "argmax in a comparison",
            "evaluate.argmax",
            """
            def evaluate(model, loader):
                for x, y in loader:
                    correct += (model(x).argmax(dim=1) == y).sum().item()
            """,
            """
            def evaluate(model, loader):
                for x, y in loader:
                    correct += (model(x).argmax(dim=1, keepdim=True) == y).sum().item()
            """,
        ),
        Example(
            "predictions with a name",
            "accuracy.predicted",
            """
            def accuracy(logits, targets):
                predicted = torch.argmax(logits, 1)
                return (predicted == targets).float().mean()
            """,
            """
            def accuracy(logits, targets):
                predicted = torch.argmax(logits, 1, keepdim=True)
                return (predicted == targets).float().mean()
            """,
        ),
        Example(
            "one output",
            "Trainer.validate.predicted",
            """
            class Trainer:
                def validate(self, x, y):
                    predicted = self.model(x).squeeze(1) > 0
                    return (predicted == y.bool()).float().mean()
            """,
            """
            class Trainer:
                def validate(self, x, y):
                    predicted = self.model(x) > 0
                    return (predicted == y.bool()).float().mean()
            """,
        ),
    )
    untouched = ("best = scores.argmax(dim=1)\nprint(best)\n", "loss = loss_fn(model(x).squeeze(1), y)\n")

    def breaks(self, script: Script) -> Iterator[Break]:
        """Keep the dimension that `argmax` takes away, or leave out the squeeze, where the result is compared."""
        for spot in script.of(cst.Call):
            call = spot.node
            assert isinstance(call, cst.Call)
            edit = _kept(call) or _unsqueezed(call)
            if edit is not None and compared(script, spot):
                yield Break(spot.scope, next(iter(_names(spot)), called(call)), call, {call: edit})


def _names(spot: Spot) -> list[str]:
    return assigned_names(spot) if len(assigned_names(spot)) == 1 else []


def _kept(call: cst.Call) -> Edit | None:
    """`argmax` that keeps the dimension."""
    given = call.args[1:] if receiver(call, "argmax") is None or _of_torch(call) else call.args
    if called(call) != "argmax" or not given or keyword(call, "keepdim") is not None:
        return None
    return by(with_argument(call, "keepdim=True"))


def _of_torch(call: cst.Call) -> bool:
    value = receiver(call, "argmax")
    return isinstance(value, cst.Name) and value.value == "torch"


def _unsqueezed(call: cst.Call) -> Edit | None:
    """What a model returned, as it is."""
    value = receiver(call, "squeeze", "flatten")
    if value is None or not is_output(value):
        return None
    plain = not call.args or call.args[0].value.deep_equals(cst.Integer("1")) or called(call) == "squeeze"
    return by(value) if plain and not (called(call) == "flatten" and call.args) else None
