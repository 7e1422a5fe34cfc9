"""The learning rate is far above what the optimizer can use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import libcst as cst

from torchdojo.bugs.edits import Edits, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import assigned_names, called, dotted, expression, keyword, number

#: High enough to ruin a run with any of the usual optimizers, low enough to look like somebody's choice.
TOO_HIGH = "0.5"

_NAMES = {"lr", "learning_rate", "base_lr", "--lr", "--learning-rate"}
_OPTIMIZERS = {"SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam", "ASGD", "LBFGS"}


class LearningRateTooHigh(BugKind):
    """
    ## What it does
    Each update moves the weights so far that it overshoots: the step size is right in direction and wrong by orders
    of magnitude in length.

    ## Why it is bad
    Which way it fails depends on the optimizer and on the scale of the data. Plain SGD can run off to infinity and
    NaN; it can also throw every ReLU into its dead half in the first steps, after which the loss lies perfectly flat
    at the variance of the targets; Adam's steps are bounded, so it rather wanders about at a poor level, and on an
    easy problem it may even get through.

    ## Symptoms
    - NaN or infinity within the first epochs.
    - A loss that oscillates, or is flat from the first epoch on.
    - Updates that are as large as the weights themselves.

    ## How to find it
    Compare the size of an update with the size of the weight: about a thousandth is usual, a tenth is far too much.
    Divide the rate by ten and look again; or sweep it over a few decades and plot the loss reached.

    ## Fix
    Take the rate down to the usual range: about 1e-4 to 1e-2 for Adam, 1e-2 to 1e-1 for SGD on well-scaled inputs.
    A warm-up helps large models; clipping and schedules do not rescue a rate that is wrong by a factor of a hundred.

    ## Correct code that looks like it
    - Large rates for SGD with large batches, for averaged weights, or for tiny linear problems.
    - A high peak in a one-cycle schedule, reached through a warm-up.
    - Adadelta and Rprop, whose rates have another meaning (1.0 is Adadelta's default).
    - LBFGS, whose default is 1.

    ## References
    - [torch.optim](https://docs.pytorch.org/docs/stable/optim.html): algorithms and their defaults
    - [Cyclical learning rates](https://arxiv.org/abs/1506.01186): the range test
    """

    slug = "learning-rate-too-high"
    title = "Learning rate far too high"
    summary = "Updates overshoot: the loss diverges, swings, or lies flat from the start."
    category = "convergence"
    difficulty = "easy"
    telling = r"learning[ -]rate|step size|\blr\b"

    interview = (
        Question(
            "Which loss curves would make you suspect the learning rate?",
            "NaN or infinity early on, strong oscillation, or a flat line from the first epoch (dead units, often at "
            "the variance of the targets). A rate that is too low looks different: smooth and slow.",
        ),
        Question(
            "What range is usual for Adam, and why can it bear a bad value better than SGD?",
            "About 1e-4 to 1e-2, with 1e-3 the default. Adam divides by the root of the mean squared gradient, so an "
            "update is at most about the rate per weight, however steep the loss is.",
        ),
        Question(
            "How do you find a good value without guessing?",
            "Train briefly at rates spread over several decades, or raise the rate exponentially over a few hundred "
            "steps, and take one well below the point at which the loss stops falling.",
        ),
    )
    nudges = (
        "How large is one update compared with the weights it changes?",
        "What is the default of this optimizer?",
        "What would the loss curve look like if everything else were right?",
    )

    examples = (
        Example(
            "the optimizer's argument",
            "main.optimizer",
            "def main():\n    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=0.01)",
            "def main():\n    optimizer = torch.optim.Adam(model.parameters(), lr=0.5, weight_decay=0.01)",
        ),
        Example(
            "the default, left unsaid",
            "main",
            "def main():\n    opt = AdamW(model.parameters())",
            "def main():\n    opt = AdamW(model.parameters(), lr=0.5)",
        ),
        Example(
            "by position",
            "main",
            "def main():\n    opt = optim.SGD(net.parameters(), 0.01, momentum=0.9)",
            "def main():\n    opt = optim.SGD(net.parameters(), 0.5, momentum=0.9)",
        ),
        Example(
            "a parameter's default",
            "train.lr",
            "def train(model, epochs=3, lr: float = 0.05):\n    opt = SGD(model.parameters(), lr=lr)",
            "def train(model, epochs=3, lr: float = 0.5):\n    opt = SGD(model.parameters(), lr=lr)",
        ),
        Example(
            "a constant",
            "LEARNING_RATE",
            "EPOCHS = 3\nLEARNING_RATE = 3e-4\nopt = SGD(model.parameters(), lr=LEARNING_RATE)",
            "EPOCHS = 3\nLEARNING_RATE = 0.5\nopt = SGD(model.parameters(), lr=LEARNING_RATE)",
        ),
        Example(
            "a field of a configuration",
            "Config.lr",
            "@dataclass\nclass Config:\n    lr: float = 1e-3\n    epochs: int = 5",
            "@dataclass\nclass Config:\n    lr: float = 0.5\n    epochs: int = 5",
        ),
        Example(
            "per group",
            "main.lr#2",
            'def main():\n    opt = SGD([{"params": a, "lr": 0.1}, {"params": b, "lr": 1e-2}], lr=0.01)',
            'def main():\n    opt = SGD([{"params": a, "lr": 0.1}, {"params": b, "lr": 0.5}], lr=0.01)',
        ),
    )
    untouched = ("def main(cfg):\n    opt = torch.optim.SGD(net.parameters(), lr=cfg.lr)\n    k = 0.01\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Raise the rate where its number is written."""
        for spot in script.of(cst.Call, cst.Param, cst.Assign, cst.AnnAssign, cst.DictElement):
            for name, edits in _rates(spot):
                yield Break(spot.scope, name, spot.node, edits)


def _rates(spot: Spot) -> Iterator[tuple[str, Edits]]:
    """The name under which a rate is written at this node, and what raises it."""
    node = spot.node
    if isinstance(node, cst.Call):
        yield from _rate_of_call(spot, node)
    elif isinstance(node, cst.Param):
        yield from _raised(node.name.value, node.default)
    elif isinstance(node, cst.Assign):
        yield from _raised(dotted(node.targets[0].target), node.value)
    elif isinstance(node, cst.AnnAssign):
        yield from _raised(dotted(node.target), node.value)
    elif isinstance(node, cst.DictElement) and isinstance(node.key, cst.SimpleString):
        yield from _raised(str(node.key.evaluated_value), node.value)


def _raised(name: str, value: cst.BaseExpression | None) -> Iterator[tuple[str, Edits]]:
    last = name.rpartition(".")[2]
    if value is not None and last.lower() in _NAMES and number(value) is not None:
        yield last, {value: by(expression(TOO_HIGH))}


def _rate_of_call(spot: Spot, call: cst.Call) -> Iterator[tuple[str, Edits]]:
    name = next(iter(assigned_names(spot)), called(call))
    given = keyword(call, "lr") or keyword(call, "learning_rate")
    if given is not None:
        yield from ((name, edits) for _, edits in _raised("lr", given.value))
        return
    if called(call) == "add_argument" and (default := keyword(call, "default")) is not None:
        flag = call.args[0].value
        spelled = str(flag.evaluated_value) if isinstance(flag, cst.SimpleString) else ""
        yield from _raised(spelled, default.value)
    if called(call) not in _OPTIMIZERS or not call.args:
        return
    second = call.args[1] if len(call.args) > 1 else None
    if second is not None and second.keyword is None:
        yield from ((name, edits) for _, edits in _raised("lr", second.value))
    elif not any(arg.star for arg in call.args):
        yield name, {call: lambda node: _with_rate(cast(cst.Call, node))}


def _with_rate(call: cst.Call) -> cst.Call:
    first, *rest = call.args
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    rate = cst.Arg(
        expression(TOO_HIGH),
        keyword=cst.Name("lr"),
        equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
    )
    if rest:
        return call.with_changes(args=[first, rate.with_changes(comma=first.comma), *rest])
    return call.with_changes(args=[first.with_changes(comma=comma), rate.with_changes(comma=first.comma)])
