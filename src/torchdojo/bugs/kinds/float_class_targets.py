"""Class targets reach a classification loss as floating numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.data_shapes import TARGETS
from torchdojo.bugs.edits import Edit, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.losses import loss_calls, targets
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import argument, assigned_names, called, dotted, expression, keyword, owner, receiver

_FUNCTIONS = frozenset({"cross_entropy", "nll_loss"})
_CLASSES = frozenset({"CrossEntropyLoss", "NLLLoss"})
_SCRIPT = re.compile(r"cross_entropy|CrossEntropyLoss|nll_loss|NLLLoss")
_LABELS = re.compile(rf"({TARGETS.pattern}|(classes|kinds?|species|tags?|digits?|truth)$)", re.IGNORECASE)


class FloatClassTargets(BugKind):
    """
    ## What it does
    A classification loss gets its targets as floating numbers: class indices that came out of a table or an array as
    floats, or one-hot and multi-hot rows that it takes for probabilities.

    ## Why it is bad
    Cross-entropy decides by the dtype what a target is. Integers of shape (N,) are class indices. Floating numbers
    have to have the shape of the scores and are probabilities of the classes. One float per row fits neither, and
    torch refuses it. Rows of the right shape are taken as they are: if they do not sum to 1, several classes set, the
    loss is no cross-entropy of anything, and with a single score per row it is zero for ever.

    ## Symptoms
    - `RuntimeError: expected target dtype to be Long or Byte, but got Float` (older versions: "expected scalar type
      Long but found Float"), in the first step.
    - With floats of shape (N, 1) beside several scores: "0D or 1D target tensor expected, multi-target not supported".
    - With (N, 1) scores and (N, 1) floats no error: the loss is exactly 0, since a softmax over one class is 1.
    - With multi-hot rows: a loss that cannot fall to zero, larger the more classes are set.

    ## How to find it
    Print `target.dtype` and `target.shape` in front of the loss. `target[:5]` shows `1.` where `1` should stand.

    ## Fix
    Make the labels `int64` where they enter: `torch.tensor(labels, dtype=torch.long)`, or `.long()` once, when the
    data set is built. For several labels per row use `binary_cross_entropy_with_logits`, and for one score per row,
    too.

    ## Correct code that looks like it
    - Mixed or smoothed labels and the probabilities of a teacher: floating rows that sum to 1.
    - Binary targets of `binary_cross_entropy_with_logits`, which have to be floating.
    - Regression targets.
    - Rows of zeros for positions that are not to count, among rows that sum to 1.

    ## References
    - [CrossEntropyLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html): class indices
      or class probabilities as target
    """

    slug = "float-class-targets"
    title = "Floating class targets"
    summary = "Class indices reach the loss as floats: an error, or numbers that are taken for probabilities."
    category = "correctness"
    difficulty = "easy"
    telling = r"\blong\b|int64|dtype|integers?|class ind|\bfloat"

    interview = (
        Question(
            "Which targets does `cross_entropy` take?",
            "Class indices: integers (int64) with the shape of the scores less the class axis, (N,) for (N, C), each "
            "from 0 to C - 1 or equal to ignore_index. Or class probabilities: floating numbers of exactly the shape "
            "of the scores, whose rows should sum to 1. The dtype decides which of the two is meant.",
        ),
        Question(
            "Why must binary targets be floats when class targets must be integers?",
            "Binary cross-entropy computes y * log(p) + (1 - y) * log(1 - p): the target is a number in a formula, and "
            "may be soft. Cross-entropy with class indices uses the target to pick an entry of a row: it is an index.",
        ),
        Question(
            "A binary classifier with one output is trained with cross-entropy and its loss is exactly 0. Why?",
            "With one class the softmax is 1 whatever the score, its log is 0, and so are loss and gradient. Use one "
            "score with binary_cross_entropy_with_logits, or two scores and class indices 0 and 1.",
        ),
    )
    nudges = (
        "What exactly does the loss expect its second argument to be?",
        "Print dtype and shape of the targets in front of the loss.",
        "Where do the labels get their dtype?",
    )

    examples = (
        Example(
            "a conversion of an array",
            "load.labels",
            """
            def load(path):
                table = np.load(path)
                features = torch.from_numpy(table["x"]).float()
                labels = torch.from_numpy(table["y"]).long()
                return TensorDataset(features, labels)


            criterion = nn.CrossEntropyLoss()
            """,
            """
            def load(path):
                table = np.load(path)
                features = torch.from_numpy(table["x"]).float()
                labels = torch.from_numpy(table["y"]).float()
                return TensorDataset(features, labels)


            criterion = nn.CrossEntropyLoss()
            """,
        ),
        Example(
            "a dtype",
            "Rows.__getitem__.label",
            """
            class Rows(Dataset):
                def __getitem__(self, i):
                    row, label = self.rows[i]
                    return torch.tensor(row), torch.tensor(label, dtype=torch.long)


            loss_fn = nn.CrossEntropyLoss()
            """,
            """
            class Rows(Dataset):
                def __getitem__(self, i):
                    row, label = self.rows[i]
                    return torch.tensor(row), torch.tensor(label, dtype=torch.float32)


            loss_fn = nn.CrossEntropyLoss()
            """,
        ),
        Example(
            "at the loss",
            "train.cross_entropy",
            """
            def train(net, batches):
                for x, y in batches:
                    loss = F.cross_entropy(net(x), y)
            """,
            """
            def train(net, batches):
                for x, y in batches:
                    loss = F.cross_entropy(net(x), y.float())
            """,
        ),
    )
    untouched = (
        "loss = F.binary_cross_entropy_with_logits(net(x), y.float())\n",
        "loss = F.mse_loss(net(x), y)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Another dtype where labels become int64, or a conversion at the loss."""
        if not _SCRIPT.search(script.module.code):
            return
        for spot in script.of(cst.Call):
            node = spot.node
            assert isinstance(node, cst.Call)
            if (value := receiver(node, "long")) is not None:
                assert isinstance(node.func, cst.Attribute)
                if name := _label(spot, value):
                    edit: dict[cst.CSTNode, Edit] = {node.func.attr: by(cst.Name("float"))}
                    yield Break(spot.scope, name, node, edit)
            elif (said := keyword(node, "dtype")) is not None and _is_long(said.value):
                kind = expression("torch.float32")
                yield Break(spot.scope, _label(spot, node) or called(node), node, {said.value: by(kind)})
            elif (value := receiver(node, "to", "type")) is not None:
                said = argument(node, 0, "dtype")
                if said is not None and _is_long(said.value) and (name := _label(spot, value)):
                    yield Break(spot.scope, name, node, {said.value: by(expression("torch.float32"))})
        for spot, call in loss_calls(script, _FUNCTIONS, _CLASSES):
            given = targets(call)
            if given is not None and isinstance(given.value, (cst.Name, cst.Subscript, cst.Attribute)):
                code = script.code(given.value)
                edit = {given.value: by(expression(f"{code}.float()"))}
                yield Break(spot.scope, called(call), call, edit)


def _is_long(node: cst.BaseExpression) -> bool:
    return dotted(node) in ("torch.long", "torch.int64")


def _label(spot: Spot, value: cst.BaseExpression) -> str:
    """The name of the labels that are converted at the spot, "" when it is something else."""
    names = [owner(value), *assigned_names(spot)]
    return next((name for name in reversed(names) if _LABELS.match(name)), "")
