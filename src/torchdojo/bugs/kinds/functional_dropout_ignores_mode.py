"""Dropout by a function that is not told the mode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import libcst as cst

from torchdojo.bugs.edits import Edit, Edits, by, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.models import model_classes, uses_of
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import called, dotted, expression, keyword, number, without_argument

_FUNCTIONS = frozenset({"dropout", "dropout1d", "dropout2d", "dropout3d"})


class FunctionalDropoutIgnoresMode(BugKind):
    """
    ## What it does
    `F.dropout(h, 0.2)` drops always: its argument `training` is True unless the call says otherwise. The same goes for
    `dropout_p` of `F.scaled_dot_product_attention`. `model.eval()` changes a flag that nobody passes on.

    ## Why it is bad
    Every figure the evaluation prints, and every answer the finished model gives, comes from a randomly thinned
    network. Calling `eval()`, which is the usual advice, does not help, and so the bug outlives the first search.

    ## Symptoms
    - Two evaluations of the same weights differ. With one such dropout of 0.5 in a small image classifier, five runs
      over the held-out rows gave accuracies from 0.77 to 0.84; the sound model gave 0.82 each time.
    - Accuracy on held-out rows stays below what the same network reaches with `nn.Dropout`.
    - All layers report `training == False`: a census of the modules shows nothing.

    ## How to find it
    Call the model twice on one batch in eval mode and compare. When that differs, search `forward` for functions that
    take `training` or `dropout_p`, and for random numbers drawn by hand.

    ## Fix
    `F.dropout(h, self.p, training=self.training)`, or the module `nn.Dropout(p)`, which knows its mode. For attention:
    `dropout_p=self.p if self.training else 0.0`.

    ## Correct code that looks like it
    - Monte Carlo dropout: several answers to one batch on purpose, to see how far they lie apart.
    - Variational autoencoders, diffusion models and others that sample by design.
    - Stochastic depth at test time, noisy augmentation at test time.

    ## References
    - [F.dropout](https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout.html): training defaults to
      True
    - [Scaled dot-product attention](https://docs.pytorch.org/docs/stable/nn.functional.html): `dropout_p` has no mode
    """

    slug = "functional-dropout-ignores-mode"
    title = "Dropout that ignores the mode"
    summary = "A dropout function without its training argument drops in evaluation, too."
    category = "evaluation"
    difficulty = "medium"
    telling = (
        r"self\.training|training=|(only|off)\W+(\w+\W+){0,4}(train|eval)|dropout\W+(\w+\W+){0,3}(mode|train|eval)"
    )

    interview = (
        Question(
            "What is the difference between `nn.Dropout` and `F.dropout`?",
            "The module holds its probability and a `training` flag, which `eval()` and `train()` of the model reach, "
            "and it calls the function with that flag. The function has no state: it drops unless it is told "
            "`training=False`, whatever mode the model around it is in.",
        ),
        Question(
            "The model gives two answers to one input in eval mode, though no module is in train mode. What is left?",
            "Functional dropout without the flag, attention with a constant `dropout_p`, noise or masks drawn in "
            "`forward`, a layer built in `forward`, and, on an accelerator, kernels whose sums depend on the order; "
            "the last differ in the last digits only.",
        ),
    )
    nudges = (
        "Ask the model in eval mode for two answers to one batch. Do they agree?",
        "How does each place that drops something learn in which mode the model is?",
        "What are the defaults of the functions that `forward` calls?",
    )

    examples = (
        Example(
            "the flag left out",
            "Net.forward",
            """
            class Net(nn.Module):
                def forward(self, x):
                    x = F.relu(self.fc1(x))
                    x = F.dropout(x, p=0.3, training=self.training)
                    return self.fc2(x)
            """,
            """
            class Net(nn.Module):
                def forward(self, x):
                    x = F.relu(self.fc1(x))
                    x = F.dropout(x, p=0.3)
                    return self.fc2(x)
            """,
        ),
        Example(
            "a function in place of the layer",
            "Net.drop",
            """
            import torch.nn.functional as F


            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(2, 2)
                    self.drop = nn.Dropout(0.2)

                def forward(self, x):
                    return self.drop(self.fc(self.drop(x)))
            """,
            """
            import torch.nn.functional as F


            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(2, 2)

                def forward(self, x):
                    return F.dropout(self.fc(F.dropout(x, 0.2)), 0.2)
            """,
        ),
        Example(
            "attention's own dropout",
            "Heads.forward",
            """
            class Heads(nn.Module):
                def forward(self, q, k, v):
                    return F.scaled_dot_product_attention(q, k, v, dropout_p=self.p if self.training else 0.0)
            """,
            """
            class Heads(nn.Module):
                def forward(self, q, k, v):
                    return F.scaled_dot_product_attention(q, k, v, dropout_p=self.p)
            """,
        ),
    )
    untouched = (
        "class Net(nn.Module):\n    def forward(self, x):\n        return F.dropout(x, 0.1)\n",
        "net = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Leave the flag out, or call a function in place of a dropout layer."""
        for spot in script.of(cst.Call):
            call = cast(cst.Call, spot.node)
            if (edits := _untold(call)) is not None:
                yield Break(spot.scope, called(call), call, edits)
        for model in model_classes(script):
            for part in model.parts:
                probability = _probability(part.value)
                uses = uses_of(script, model, part.name)
                calls = [(spot, spot.ancestors[-1]) for spot in uses]
                if probability is None or not calls or model.init is None:
                    continue
                if not all(isinstance(call, cst.Call) and call.func is spot.node for spot, call in calls):
                    continue
                edits = {call: _function(script, probability) for _, call in calls}
                statements = cast("list[cst.BaseStatement]", list(model.init.body.body))
                index = next(i for i, statement in enumerate(statements) if statement is part.statement)
                edits.update(removal(statements, index, telling=self.telling))
                yield Break(f"{model.scope}.__init__", part.name, part.statement, edits)


def _untold(call: cst.Call) -> Edits | None:
    """The edits that take the mode from a call; None when it is not told any."""
    if called(call) in _FUNCTIONS:
        told = keyword(call, "training")
        if told is None and len(call.args) > 2 and "training" in dotted(call.args[2].value):
            told = call.args[2]
        if told is not None and "training" in dotted(told.value):
            return {call: by(without_argument(call, told))}
    if called(call) == "scaled_dot_product_attention":
        told = keyword(call, "dropout_p")
        if told is not None and isinstance(told.value, cst.IfExp) and "training" in dotted(told.value.test):
            return {told.value: by(told.value.body)}
    return None


def _probability(value: cst.BaseExpression) -> str | None:
    """The probability of a dropout layer, as text, when it is a number: a name need not be known in `forward`."""
    if called(value) != "Dropout" or not isinstance(value, cst.Call) or len(value.args) > 1:
        return None
    if not value.args:
        return "0.5"
    given = value.args[0].value
    return cast("cst.Float | cst.Integer", given).value if number(given) is not None else None


def _function(script: Script, probability: str) -> Edit:
    """The edit that makes a function call of a call of the layer."""
    imported = any(
        isinstance(spot.node, cst.ImportAlias) and spot.node.evaluated_alias == "F"
        for spot in script.of(cst.ImportAlias)
    )
    name = "F.dropout" if imported else "nn.functional.dropout"

    def edit(node: cst.CSTNode) -> cst.CSTNode:
        call = cast(cst.Call, node)
        first = call.args[0].with_changes(comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
        return call.with_changes(func=expression(name), args=[first, cst.Arg(expression(probability))])

    return edit
