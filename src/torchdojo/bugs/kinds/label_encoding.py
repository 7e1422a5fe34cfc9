"""Class labels do not fit the classes of the model."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edit, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import assigned_names, called, keyword, with_argument

_LABELS = re.compile(r"(y|ys|yb|t|\w*targets?|\w*labels?|\w*class(es|_ids?)?|y_\w+|\w+_y|species|index|ids?)$", re.I)


class LabelEncoding(BugKind):
    """
    ## What it does
    The numbers that stand for classes are not those the loss expects. They begin at 1 where the first class is 0, or
    a real class has the number that the loss is told to ignore.

    ## Why it is bad
    With C classes cross-entropy wants the numbers 0 to C - 1. A label of C stops the run with "Target 3 is out of
    bounds" on the CPU; on a GPU it is an assertion in a kernel that is reported some lines later. An `ignore_index`
    that is also a class is worse, because nothing fails: rows of that class have no part in the loss, the model never
    learns to predict it, and the training loss looks better than it is.

    ## Symptoms
    - An IndexError in the loss, often not in the first batch but in the first that holds the highest label.
    - With `ignore_index=0` and three balanced classes, 0 of 60 rows were predicted as class 0, epoch after epoch,
      where 9 to 22 were without; the training loss was *lower*, 0.64 against 0.91.
    - One row of the confusion matrix has nothing on the diagonal.

    ## How to find it
    Print the least and the greatest label, and the number of scores per row. Count labels per class, and predictions
    per class. Ask of every `ignore_index` whether it can also be a class.

    ## Fix
    Map labels to 0 ... C - 1 once, where the data are read, and use the same mapping for all splits. Leave
    `ignore_index` at -100 unless there are positions to be ignored, and give those a number that is no class.

    ## Correct code that looks like it
    - A class that is reserved, for background or for the unknown, and never occurs as a label.
    - A language model that ignores the padding token, which is number 0 of its vocabulary.
    - -100 as the label of positions that have none.

    ## References
    - [CrossEntropyLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html): class indices
      in the range [0, C), and `ignore_index`
    """

    slug = "label-encoding"
    title = "Labels do not fit the classes"
    summary = "Labels begin at 1, or a real class is the index that the loss ignores."
    category = "data"
    difficulty = "easy-medium"
    telling = (
        r"ignore_?index|(label|class|index|indices|number)\w*\W+(\w+\W+){0,5}(0|zero|1|one)\b|(zero|one|0|1)-based"
    )

    interview = (
        Question(
            "Cross-entropy fails with 'Target 10 is out of bounds'. What are possible causes?",
            "Labels that begin at 1, a last layer with too few outputs, labels of another data set or split with more "
            "classes, a padding or 'unknown' label such as 255 or -1 that `ignore_index` does not name. I print the "
            "unique labels and the shape of the scores.",
        ),
        Question(
            "Why can the class mapping be right in each split and still be wrong?",
            "If each split builds its own mapping, from a set or from the order of first occurrence, the same name "
            "gets different numbers. Training is fine and so is the file that holds the validation labels, but they "
            "mean different classes: accuracy below chance is the sign. Build the mapping once and store it.",
        ),
    )
    nudges = (
        "What are the least and the greatest label, and how many scores does a row have?",
        "How often is each class predicted?",
        "Does every row of the batch count in the loss?",
    )

    examples = (
        Example(
            "labels from 1 to 3",
            "load.labels",
            """
            def load(table):
                features = torch.tensor(table[:, :-1])
                labels = torch.tensor(table[:, -1]).long() - 1
                return features, labels
            """,
            """
            def load(table):
                features = torch.tensor(table[:, :-1])
                labels = torch.tensor(table[:, -1]).long()
                return features, labels
            """,
        ),
        Example(
            "a mapping of names",
            "Species.__init__.index",
            """
            class Species:
                def __init__(self, names):
                    self.index = {name: i for i, name in enumerate(sorted(set(names)))}
            """,
            """
            class Species:
                def __init__(self, names):
                    self.index = {name: i for i, name in enumerate(sorted(set(names)), start=1)}
            """,
        ),
        Example(
            "the loss as a function",
            "train.cross_entropy",
            """
            def train(model, loader):
                for x, y in loader:
                    loss = F.cross_entropy(model(x), y)
            """,
            """
            def train(model, loader):
                for x, y in loader:
                    loss = F.cross_entropy(model(x), y, ignore_index=0)
            """,
        ),
        Example(
            "the loss as a module",
            "criterion",
            "criterion = nn.CrossEntropyLoss()",
            "criterion = nn.CrossEntropyLoss(ignore_index=0)",
        ),
    )
    untouched = (
        "steps = len(loader) - 1\nloss = F.mse_loss(model(x), y)\n",
        "criterion = nn.CrossEntropyLoss(ignore_index=-1)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Let the labels begin at 1, or have the loss ignore the first class."""
        for spot in script.of(cst.BinaryOperation, cst.Call):
            found = _from_one(spot) or _numbered(spot) or _ignoring(spot)
            if found is not None:
                yield Break(spot.scope, found[0], spot.node, found[1])


def _from_one(spot: Spot) -> tuple[str, dict[cst.CSTNode, Edit]] | None:
    """Labels less 1."""
    node = spot.node
    if not isinstance(node, cst.BinaryOperation) or not isinstance(node.operator, cst.Subtract):
        return None
    names = [name for name in assigned_names(spot) if _LABELS.match(name)]
    if not isinstance(node.right, cst.Integer) or node.right.value != "1" or len(names) != 1:
        return None
    slices = (cst.Slice, cst.Index)
    return None if spot.inside(*slices) or called(node.left) == "len" else (names[0], {node: by(node.left)})


def _numbered(spot: Spot) -> tuple[str, dict[cst.CSTNode, Edit]] | None:
    """A mapping from names to numbers."""
    call = spot.node
    if called(call) != "enumerate" or not isinstance(call, cst.Call) or len(call.args) != 1:
        return None
    names = [name for name in assigned_names(spot) if not name.startswith("_")]
    if len(names) != 1 or spot.inside(cst.DictComp) is None or not re.search(r"index|ids?$|class|label|to_", names[0]):
        return None
    return names[0], {call: by(with_argument(call, "start=1"))}


def _ignoring(spot: Spot) -> tuple[str, dict[cst.CSTNode, Edit]] | None:
    """Cross-entropy, as a function or as a module."""
    call = spot.node
    if not isinstance(call, cst.Call) or called(call) not in ("cross_entropy", "CrossEntropyLoss"):
        return None
    if keyword(call, "ignore_index") is not None or (called(call) == "cross_entropy" and len(call.args) < 2):
        return None
    names = assigned_names(spot)
    name = names[0] if len(names) == 1 and called(call) == "CrossEntropyLoss" else called(call)
    return name, {call: by(with_argument(call, "ignore_index=0"))}
