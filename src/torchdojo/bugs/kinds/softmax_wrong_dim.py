"""A softmax is taken along the wrong axis."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import called, dotted, keyword, number

_FUNCTIONS = frozenset({"softmax", "log_softmax"})
_LAYERS = frozenset({"Softmax", "LogSoftmax"})
_MODULES = frozenset({"F", "torch", "functional", "nn.functional", "torch.nn.functional"})

#: What the axis of a softmax is normally, and what it is easily mistaken for.
_MISTAKEN = {1: "0", 2: "1", 3: "2"}

_ATTENTION = re.compile(r"att|scores|weights|query|queries|keys", re.IGNORECASE)


class SoftmaxWrongDim(BugKind):
    """
    ## What it does
    A softmax (or log-softmax) normalises over another axis than the one its result is used along: over the batch
    instead of the classes, over the queries instead of the keys, over the samples instead of their positions.

    ## Why it is bad
    Every slice along the chosen axis sums to 1, every row that is used does not. The shapes are right, so nothing
    crashes. Over the batch the samples compete with each other: the probability of a row depends on which rows happen
    to be beside it, and the results change with the batch size. In attention a query's weights no longer sum to 1, so
    that its output grows or shrinks with how popular its keys are, and a causal mask no longer limits what a position
    sees.

    ## Symptoms
    - The loss of a fresh classifier is near the log of the *batch size* instead of the log of the number of classes:
      4.38 with 64 rows and 5 classes in a small experiment, where log 64 = 4.16 and log 5 = 1.61.
    - It does not come near zero: after 200 steps 2.57 instead of 0.0004. The ranking of a row's classes may be right
      nevertheless, with an accuracy of 100 % in both runs.
    - Predictions of one and the same row differ with the batch it is in.

    ## How to find it
    `p.sum(dim=k)` over the axis along which the probabilities are used has to be 1 everywhere. Write the shape beside
    the line, with a letter for each axis, and say which of them compete.

    ## Fix
    Name the axis that the competitors stand on: the class axis is 1 for (B, C) and (B, C, H, W) and last for (B, T,
    C); attention scores (B, H, Q, K) are normalised over the keys, the last axis. `dim=-1` survives an added batch
    axis, `dim=0` hardly ever is what is meant.

    ## Correct code that looks like it
    - A contrastive loss over a square matrix, once over its rows and once over its columns.
    - Balanced assignments (Sinkhorn) and expert-choice routing, which normalise over samples or tokens on purpose.
    - Linear attention: the queries over their features, the keys over the positions.
    - Slot attention: over the slots, followed by a division by the sum over the inputs.
    - Pooling one bag of instances (N, 1), whose only competitors are the rows; sequences stored time first.

    ## References
    - [softmax](https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html): "every slice along
      dim will sum to 1"
    """

    slug = "softmax-wrong-dim"
    title = "Softmax over the wrong axis"
    summary = "The numbers that should compete stand on another axis: rows do not sum to 1, columns do."
    category = "shapes"
    difficulty = "medium"
    telling = r"soft-?max|sums? to (1|one)|normali[sz]e|over (the )?(keys|classes|batch|queries)"

    interview = (
        Question(
            "Scores of shape (B, H, Q, K): over which axis is the softmax, and why?",
            "Over the last, K. Each query distributes a weight of 1 over the keys, and the product with the values "
            "sums over the keys: weights (Q, K) times values (K, D). Normalised over Q the outputs would be sums with "
            "arbitrary total weight, and positions behind a causal mask would influence the denominators.",
        ),
        Question(
            "How does a classifier that is normalised over the batch still reach a good accuracy?",
            "Because argmax over the classes compares log-probabilities that differ from the scores by one constant "
            "per class, the log of that class's column sum. When classes are balanced within batches the constants "
            "are similar, and the order survives. Loss, calibration and single-row predictions do not.",
        ),
        Question(
            "Which quick test catches this in any model?",
            "Evaluate one sample alone and inside a batch: in eval mode the outputs must agree. Then check sums: "
            "probabilities along the axis on which they are used have to add up to 1.",
        ),
    )
    nudges = (
        "Which numbers compete with each other here, and on which axis do they stand?",
        "Take the probabilities of one row: what is their sum?",
        "Does the output for one sample change when another sample of the batch does?",
    )

    examples = (
        Example(
            "by keyword",
            "predict.softmax",
            """
            def predict(model, x):
                with torch.no_grad():
                    probs = torch.softmax(model(x), dim=1)
                return probs.argmax(1)
            """,
            """
            def predict(model, x):
                with torch.no_grad():
                    probs = torch.softmax(model(x), dim=0)
                return probs.argmax(1)
            """,
        ),
        Example(
            "attention",
            "SelfAttention.forward.softmax",
            """
            class SelfAttention(nn.Module):
                def forward(self, x):
                    q, k, v = self.qkv(x).chunk(3, dim=-1)
                    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
                    return self.drop(F.softmax(scores, dim=-1)) @ v
            """,
            """
            class SelfAttention(nn.Module):
                def forward(self, x):
                    q, k, v = self.qkv(x).chunk(3, dim=-1)
                    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
                    return self.drop(F.softmax(scores, dim=-2)) @ v
            """,
        ),
        Example(
            "a layer",
            "Net.__init__.LogSoftmax",
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.out = nn.Sequential(nn.Linear(8, 4), nn.LogSoftmax(1))
            """,
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.out = nn.Sequential(nn.Linear(8, 4), nn.LogSoftmax(0))
            """,
        ),
        Example(
            "a method",
            "classify.log_softmax",
            """
            def classify(z, y):
                return nll_loss(z.log_softmax(-1), y)
            """,
            """
            def classify(z, y):
                return nll_loss(z.log_softmax(0), y)
            """,
        ),
    )
    untouched = (
        "p = torch.softmax(scores, dim=axis)\n",
        "loss = F.cross_entropy(net(x), y)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Another axis for each softmax whose axis is written down."""
        for spot in script.of(cst.Call):
            node = spot.node
            assert isinstance(node, cst.Call)
            name = called(node)
            if name in _FUNCTIONS | _LAYERS and (axis := _axis(node)) is not None:
                wrong = _mistaken(script, spot, number(axis.value))
                if wrong:
                    value = cst.parse_expression(wrong)
                    yield Break(spot.scope, name, node, {axis.value: by(value)})


def _axis(call: cst.Call) -> cst.Arg | None:
    given = keyword(call, "dim")
    if given is not None:
        return given
    front = dotted(call.func.value) if isinstance(call.func, cst.Attribute) else ""
    method = isinstance(call.func, cst.Attribute) and front not in _MODULES and called(call) in _FUNCTIONS
    position = 0 if method or called(call) in _LAYERS else 1
    if len(call.args) > position and call.args[position].keyword is None:
        return call.args[position]
    return None


def _mistaken(script: Script, spot: Spot, axis: float | None) -> str:
    if axis is None:
        return ""
    if axis == -1:
        statement = spot.inside(cst.SimpleStatementLine)
        text = script.code(statement if statement is not None else spot.node)
        return "-2" if _ATTENTION.search(f"{spot.scope} {text}") else "0"
    return _MISTAKEN.get(int(axis), "")
