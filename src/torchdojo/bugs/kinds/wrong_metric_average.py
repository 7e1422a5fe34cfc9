"""The result of an evaluation is averaged wrongly over its batches."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edit, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import called, dotted, receiver

_SUMS = re.compile(r"(\w*correct|\w*hits?|\w*right|\w*loss|\w*total\w*|\w*sum|\w*error|\w*squares?|running\w*)$")


class WrongMetricAverage(BugKind):
    """
    ## What it does
    Batch results are put together wrongly: means of batches are added up and divided by the number of rows, sums are
    divided by the number of batches, or `=` where `+=` was meant keeps the last batch only.

    ## Why it is bad
    The number that is reported is off by a factor that depends on the batch size, or it belongs to a handful of rows.
    Comparing two runs with different batch sizes then compares the batch sizes. The mildest form, the plain mean of
    batch means, is right while all batches are equally large; a small last batch gets too much weight.

    ## Symptoms
    - The validation loss is far below the training loss from the first epoch on: 0.0061 where the average over 150
      rows was 0.3056, a factor of 50, the batch size.
    - An accuracy above 1, such as 43.5: 87 hits divided by 2 batches.
    - The metric changes when only the batch size of the evaluation does, or jumps about as only a few rows could.

    ## How to find it
    Compute the metric once over all predictions at a stroke, without batches, and compare. Or evaluate with two
    batch sizes: a correct average does not change.

    ## Fix
    Keep a sum and a count. Add `loss.item() * len(y)` and `len(y)` for each batch, divide once at the end. For hits,
    add the number of correct predictions and divide by the number of rows.

    ## Correct code that looks like it
    - The mean of batch means where all batches have one size.
    - `reduction="sum"` in the loss, divided by the number of rows.
    - The training loss of the latest batch, printed as a sign of life.
    - A running average of the training loss.
    - The plain mean of batch means with a small last batch, while it is off by less than 5 %: `diagnose` says nothing
      of that, as it is often accepted knowingly.

    ## References
    - [CrossEntropyLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html): with
      `reduction="mean"` the sum is divided by the number of elements in the output
    """

    slug = "wrong-metric-average"
    title = "The metric is averaged wrongly over batches"
    summary = "Sums and means of batches are mixed up, so that the result is off by a factor or is that of one batch."
    category = "evaluation"
    difficulty = "medium"
    telling = (
        r"averag|mean (loss|error|accuracy|over)|per (row|sample|example|batch)|weight\w*\W+(\w+\W+){0,3}(size|rows)|"
        r"(sum|total)\w*\W+(\w+\W+){0,4}(rows|samples|batches)|share of"
    )

    interview = (
        Question(
            "You have a mean loss per batch. How do you get the mean over the data set?",
            "Weight each batch mean with its number of rows, add up, and divide by the total number of rows. The plain "
            "mean of the batch means is only the same if all batches have equally many rows. With token losses the "
            "weight is the number of counted tokens, not of sequences.",
        ),
        Question(
            "Which metrics cannot be averaged over batches at all?",
            "Those that are no mean over rows: precision, recall, F1, AUC, perplexity, correlation, R squared. For "
            "them I accumulate counts, or all predictions, and compute the metric once; perplexity is the exponential "
            "of the averaged loss.",
        ),
    )
    nudges = (
        "Evaluate with two batch sizes. Does the result stay the same?",
        "What is added up over the batches, and what is it divided by?",
        "How many rows have a say in the number that is printed?",
    )

    examples = (
        Example(
            "the weight of a batch",
            "validate.total_loss",
            """
            def validate(model, loader):
                total_loss, seen = 0.0, 0
                for x, y in loader:
                    total_loss += criterion(model(x), y).item() * len(y)
                    seen += len(y)
                return total_loss / seen
            """,
            """
            def validate(model, loader):
                total_loss, seen = 0.0, 0
                for x, y in loader:
                    total_loss += criterion(model(x), y).item()
                    seen += len(y)
                return total_loss / seen
            """,
        ),
        Example(
            "what it is divided by",
            "Trainer.evaluate.divide",
            """
            class Trainer:
                def evaluate(self):
                    correct = 0
                    for x, y in self.val_loader:
                        correct += (self.model(x).argmax(1) == y).sum().item()
                    return correct / len(self.val_loader.dataset)
            """,
            """
            class Trainer:
                def evaluate(self):
                    correct = 0
                    for x, y in self.val_loader:
                        correct += (self.model(x).argmax(1) == y).sum().item()
                    return correct / len(self.val_loader)
            """,
        ),
        Example(
            "only the last batch",
            "accuracy.hits",
            """
            def accuracy(model, batches):
                hits = rows = 0
                for x, y in batches:
                    hits += (model(x).argmax(1) == y).sum().item()
                    rows += len(y)
                return hits / rows
            """,
            """
            def accuracy(model, batches):
                hits = rows = 0
                for x, y in batches:
                    hits = (model(x).argmax(1) == y).sum().item()
                    rows += len(y)
                return hits / rows
            """,
        ),
    )
    untouched = (
        "for x, y in loader:\n    loss = step(x, y)\n    loss.backward()\n    total_loss += loss.item() * len(y)\n",
        "ratio = width / height\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Forget the weight of a batch, divide by batches in place of rows, or keep the last batch only."""
        for spot in script.of(cst.AugAssign, cst.BinaryOperation):
            node = spot.node
            if isinstance(node, cst.AugAssign):
                if not isinstance(node.operator, cst.AddAssign) or not _evaluates(spot):
                    continue
                name = dotted(node.target).rpartition(".")[2]
                if (inner := _unweighted(node.value)) is not None:
                    yield Break(spot.scope, name, node, {node.value: by(inner)})
                elif _SUMS.match(name) and called(node.value) != "len" and "(" in script.code(node.value):
                    assigned = cst.Assign([cst.AssignTarget(node.target)], node.value)
                    yield Break(spot.scope, name, node, {node: by(assigned)})
            elif (edits := _by_batches(node)) is not None:
                yield Break(spot.scope, "divide", node, edits)


def _evaluates(spot: Spot) -> bool:
    """Whether the loop round the spot goes over batches and trains nothing."""
    loop = spot.inside(cst.For)
    if not isinstance(loop, cst.For):
        return False
    seen = _Backward()
    loop.body.visit(seen)
    return not seen.found


class _Backward(cst.CSTVisitor):
    found = False

    def visit_Call(self, node: cst.Call) -> None:
        self.found = self.found or called(node) in ("backward", "step")


def _unweighted(value: cst.BaseExpression) -> cst.BaseExpression | None:
    """`loss.item()` of `loss.item() * len(y)`."""
    if not isinstance(value, cst.BinaryOperation) or not isinstance(value.operator, cst.Multiply):
        return None
    for weight, other in ((value.right, value.left), (value.left, value.right)):
        if called(weight) == "len" or receiver(weight, "size", "numel") is not None or _is_shape(weight):
            return other
    return None


def _is_shape(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Subscript) and dotted(node.value).endswith(".shape")


def _by_batches(node: cst.CSTNode) -> dict[cst.CSTNode, Edit] | None:
    """`/ len(loader)` for `/ len(loader.dataset)`."""
    if not isinstance(node, cst.BinaryOperation) or not isinstance(node.operator, cst.Divide):
        return None
    rows = node.right
    if called(rows) != "len" or not isinstance(rows, cst.Call) or len(rows.args) != 1:
        return None
    data = rows.args[0].value
    if isinstance(data, cst.Attribute) and data.attr.value == "dataset":
        return {data: by(data.value)}
    return None
