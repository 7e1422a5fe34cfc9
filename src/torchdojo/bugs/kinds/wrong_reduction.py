"""The loss is added up over the batch where it should be averaged."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edit, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.losses import loss_settings
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import bare_call, called, dotted, keyword, only_statement, receiver

_FUNCTIONS = frozenset(
    {
        "cross_entropy",
        "nll_loss",
        "mse_loss",
        "l1_loss",
        "smooth_l1_loss",
        "huber_loss",
        "binary_cross_entropy",
        "binary_cross_entropy_with_logits",
    }
)
_CLASSES = frozenset(
    {"CrossEntropyLoss", "NLLLoss", "MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "BCELoss", "BCEWithLogitsLoss"}
)


class WrongReduction(BugKind):
    """
    ## What it does
    The loss of a batch is the sum of the losses of its rows where their mean was meant: `reduction="sum"`, or `.sum()`
    in a loss written by hand. The learning rate was chosen for the mean.

    ## Why it is bad
    The gradient is as many times larger as the batch has rows, and so is the step of plain SGD: a batch of 64 and a
    rate of 0.1 act like a rate of 6.4. Its size also follows the batch size, so that the last, smaller batch of an
    epoch counts less, and that a new batch size silently changes the learning rate. Clipping thresholds, weight decay
    and auxiliary terms lose their balance with the loss.

    ## Symptoms
    - With SGD: NaN, or a loss that jumps up and stays there. A regression with batches of 32 and a rate of 0.1
      ended at 0.017 with the mean; with the sum it was NaN after five steps.
    - With Adam nearly nothing, since it divides by the size of the gradient: only a gradient norm that is always far
      above the clipping threshold, and a printed loss that is tens of times too large.
    - The loss printed in training is a multiple of that of evaluation, and the factor is the batch size.

    ## How to find it
    Evaluate the loss on a batch and on its first half: a mean stays about the same, a sum halves. Or compare a fresh
    classifier's loss with log C.

    ## Fix
    `reduction="mean"`, the default; or divide the sum by the number of rows (or of tokens) that it is over. When sums
    are wanted for a report, keep them apart from what `backward()` is called on.

    ## Correct code that looks like it
    - A variational autoencoder: the sum over pixels and batch of both terms, with a rate that was chosen for it.
    - A sum divided by the number of tokens that count, which is the right mean for padded sequences.
    - `reduction="sum"` in evaluation, divided by the size of the data set at the end.
    - `reduction="none"` and weights, whose sum is divided by that of the weights.

    ## References
    - [CrossEntropyLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html): the argument
      `reduction`
    """

    slug = "wrong-reduction"
    title = "Loss summed instead of averaged"
    summary = "The gradient grows with the batch size, and the learning rate with it."
    category = "convergence"
    difficulty = "medium"
    telling = r"reduction|\bmean\b|averag|\bsum(med|s)?\b"

    interview = (
        Question(
            "You switch a loss from mean to sum. What has to change for SGD, and what for Adam?",
            "For SGD the learning rate has to be divided by the batch size to get the same steps. Adam's step does "
            "not depend on the scale of the gradient (but for epsilon), so nothing. Whatever is compared with the "
            "gradient or the loss changes in both: clipping thresholds, and the weights of auxiliary terms.",
        ),
        Question(
            "When is the mean over the batch the wrong average?",
            "When rows stand for different numbers of things. A mean per sequence gives a token of a short sequence "
            "more weight than one of a long sequence, and a mean of the means of micro-batches of unequal token "
            "counts is not the mean over all tokens: add up sums, and divide by the total count once.",
        ),
        Question(
            "How do you average a loss over an epoch correctly?",
            "Add up loss.item() times the number of rows of each batch and divide by the number of rows in all. The "
            "mean of batch means overweighs the last, smaller batch.",
        ),
    )
    nudges = (
        "How does the value of the loss change when you take half of the batch?",
        "What should the loss of a model that guesses be, and what is it here?",
        "How large is a step of the optimizer compared with the weights?",
    )

    examples = (
        Example(
            "a function",
            "train.mse_loss",
            """
            def train(model, loader, optimizer):
                for x, y in loader:
                    loss = F.mse_loss(model(x), y)
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
            """,
            """
            def train(model, loader, optimizer):
                for x, y in loader:
                    loss = F.mse_loss(model(x), y, reduction="sum")
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
            """,
        ),
        Example(
            "an object",
            "Trainer.criterion",
            """
            class Trainer:
                def __init__(self, model):
                    self.model = model
                    self.criterion = nn.CrossEntropyLoss()
            """,
            """
            class Trainer:
                def __init__(self, model):
                    self.model = model
                    self.criterion = nn.CrossEntropyLoss(reduction="sum")
            """,
        ),
        Example(
            "said already",
            "loss_of.huber_loss",
            """
            def loss_of(prediction, target):
                return F.huber_loss(prediction, target, reduction="mean", delta=2.0)
            """,
            """
            def loss_of(prediction, target):
                return F.huber_loss(prediction, target, reduction="sum", delta=2.0)
            """,
        ),
        Example(
            "by hand",
            "loss",
            """
            loss = ((net(x) - y) ** 2).mean()
            loss.backward()
            """,
            """
            loss = ((net(x) - y) ** 2).sum()
            loss.backward()
            """,
        ),
    )
    untouched = (
        'total = F.mse_loss(a, b, reduction="sum") / len(a)\n',
        "accuracy = (scores.argmax(1) == y).float().mean()\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Say `reduction="sum"`, or add up a loss that has a backward pass."""
        for spot, call in loss_settings(script, _FUNCTIONS, _CLASSES):
            said = keyword(call, "reduction")
            name = _bound_name(spot.ancestors[-1]) if called(call) in _CLASSES else called(call)
            if said is None:
                if len(call.args) <= (3 if called(call) in _FUNCTIONS else 1):
                    yield Break(spot.scope, name or called(call), call, {call: by(_with_sum(call))})
            elif isinstance(said.value, cst.SimpleString) and said.value.evaluated_value == "mean":
                quote = said.value.quote
                value = cst.SimpleString(f"{quote}sum{quote}")
                yield Break(spot.scope, name or called(call), call, {said.value: by(value)})
        for block in script.blocks:
            run = [bare_call(statement) for statement in block.statements]
            losses = {dotted(front) for call in run if call is not None and (front := receiver(call, "backward"))}
            for statement in block.statements:
                small = only_statement(statement)
                if not isinstance(small, cst.Assign) or dotted(small.targets[0].target) not in losses:
                    continue
                if receiver(small.value, "mean") is not None and isinstance(small.value, cst.Call):
                    function = small.value.func
                    assert isinstance(function, cst.Attribute)
                    edit: dict[cst.CSTNode, Edit] = {function: by(function.with_changes(attr=cst.Name("sum")))}
                    yield Break(block.scope, dotted(small.targets[0].target), statement, edit)


def _bound_name(parent: cst.CSTNode) -> str:
    if isinstance(parent, cst.Assign):
        return dotted(parent.targets[0].target).rpartition(".")[2]
    return ""


def _with_sum(call: cst.Call) -> cst.Call:
    """The call with one argument more, laid out like those before it."""
    added = cst.Arg(
        keyword=cst.Name("reduction"),
        value=cst.SimpleString('"sum"'),
        equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
    )
    if not call.args:
        return call.with_changes(args=[added])
    *front, last = call.args
    between = front[-1].comma if front else cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    ending = added.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
    separated = last.with_changes(comma=between, whitespace_after_arg=cst.SimpleWhitespace(""))
    return call.with_changes(args=[*front, separated, ending])
