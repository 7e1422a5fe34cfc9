"""Positions that only fill sequences up to one length are trained on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.losses import loss_settings
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import (
    called,
    dotted,
    expression,
    keyword,
    number,
    only_statement,
    owner,
    receiver,
    without_argument,
)

_FUNCTIONS = frozenset({"cross_entropy", "nll_loss"})
_CLASSES = frozenset({"CrossEntropyLoss", "NLLLoss"})
_MASK = re.compile(r"mask|keep|valid|real|pad|weight", re.IGNORECASE)
_IGNORED = -100


class PaddingInLoss(BugKind):
    """
    ## What it does
    Sequences of different lengths are filled up with a padding id, and the loss is averaged over all positions, the
    filled ones included: `ignore_index` or the mask is missing.

    ## Why it is bad
    The model is trained to continue padding with padding, which it learns at once and perfectly. These easy positions
    fill the average: they make the loss look good, take a share of every step, and the share depends on how long the
    longest sequence of the batch is. The real tokens get what is left.

    ## Symptoms
    - A training loss that is too good: in a small language model with 43 % padding it read 0.68 where the sound
      version read 0.85, while the loss over real tokens of fresh data was *worse*, 1.40 instead of 1.20.
    - The loss changes when the same sequences are padded to a larger length.
    - Accuracy over all positions is far above that over real tokens; generation stops early or emits padding.

    ## How to find it
    Pad one batch further and compute the loss again: it must not move. Or look at the gradient of the scores: rows at
    padded positions have to be exactly zero.

    ## Fix
    `ignore_index=PAD` (or targets of -100 where there is padding), or a mask that multiplies the losses of single
    positions, divided by the number of positions that count: `(loss * mask).sum() / mask.sum()`. `.mean()` after the
    multiplication would still divide by the padded length.

    ## Correct code that looks like it
    - Sequences that are all of one length, where id 0 is a token like any other.
    - A language model whose padding id is also its end token, trained on purpose to give it.
    - A padding id as *input* only, behind which no loss is computed.
    - Targets of -100: the default of `ignore_index`, which need not be written down.

    ## References
    - [CrossEntropyLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html): the argument
      `ignore_index`
    """

    slug = "padding-in-loss"
    title = "Padding counts in the loss"
    summary = "Positions that only fill sequences up are trained on and take a share of the average."
    category = "correctness"
    difficulty = "medium-hard"
    telling = r"\bpad(s|ding|ded)?\b|ignore|mask"

    interview = (
        Question(
            "How do you average the loss over a batch of sequences of different lengths?",
            "Sum the losses of all real positions and divide by their number. Averaging each sequence first and then "
            "over sequences gives tokens of short sequences more weight; dividing by batch times length includes the "
            "padding. With several micro-batches or workers, add up sums and counts before dividing.",
        ),
        Question(
            "What do `padding_idx` of an embedding and `ignore_index` of a loss do, and does one replace the other?",
            "padding_idx keeps the vector of that id at zero: its gradient is not applied. It says nothing about the "
            "loss. ignore_index leaves the positions with that *target* out of the loss and of the average. A model "
            "needs the second for its targets, and may use the first for its inputs; attention needs a mask besides.",
        ),
        Question(
            "Why is the loss of a padded batch lower, and why is that no good news?",
            "Padding is trivially predictable, so its positions cost nearly nothing and pull the average down. The "
            "loss over real tokens is unchanged or worse, since part of the gradient and of the capacity is spent on "
            "padding. Losses of batches with different shares of padding cannot be compared.",
        ),
    )
    nudges = (
        "Which positions of the batch is the average taken over?",
        "Does the loss change when you pad the same sequences to a larger length?",
        "What is the gradient of the scores behind the end of a sequence?",
    )

    examples = (
        Example(
            "an argument of a function",
            "loss_of.cross_entropy",
            """
            def loss_of(logits, targets):
                return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=PAD)
            """,
            """
            def loss_of(logits, targets):
                return F.cross_entropy(logits.flatten(0, 1), targets.flatten())
            """,
        ),
        Example(
            "an argument of an object",
            "Trainer.criterion",
            """
            class Trainer:
                def __init__(self, model, pad_id):
                    self.criterion = nn.CrossEntropyLoss(ignore_index=pad_id, label_smoothing=0.1)
            """,
            """
            class Trainer:
                def __init__(self, model, pad_id):
                    self.criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
            """,
        ),
        Example(
            "a mask",
            "masked_loss.mask",
            """
            def masked_loss(logits, targets, mask):
                loss = F.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
                return (loss * mask).sum() / mask.sum().clamp(min=1)
            """,
            """
            def masked_loss(logits, targets, mask):
                loss = F.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
                return loss.mean()
            """,
        ),
        Example(
            "labels that do not count",
            "collate.labels",
            """
            def collate(rows):
                tokens = pad_sequence(rows, batch_first=True, padding_value=PAD)
                labels = tokens.clone()
                labels[tokens == PAD] = -100
                return tokens, labels
            """,
            """
            def collate(rows):
                tokens = pad_sequence(rows, batch_first=True, padding_value=PAD)
                labels = tokens.clone()
                return tokens, labels
            """,
        ),
        Example(
            "chosen positions",
            "step.keep",
            """
            def step(model, tokens, tags, keep):
                losses = nll_loss(model(tokens).transpose(1, 2), tags, reduction="none")
                return losses[keep].mean()
            """,
            """
            def step(model, tokens, tags, keep):
                losses = nll_loss(model(tokens).transpose(1, 2), tags, reduction="none")
                return losses.mean()
            """,
        ),
    )
    untouched = (
        "loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())\n",
        "attention = scores.masked_fill(mask, float('-inf')).softmax(-1)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """No word of what to ignore, or no mask where the losses of single positions are averaged."""
        for spot, call in loss_settings(script, _FUNCTIONS, _CLASSES):
            said = keyword(call, "ignore_index")
            if said is not None:
                parent = spot.ancestors[-1]
                bound = dotted(parent.targets[0].target).rpartition(".")[2] if isinstance(parent, cst.Assign) else ""
                name = bound if bound and called(call) in _CLASSES else called(call)
                yield Break(spot.scope, name, call, {call: by(without_argument(call, said))})
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                if name := _ignores(statement):
                    yield Break(block.scope, name, statement, removal(block.statements, index, telling=self.telling))
        for spot in script.of(cst.BinaryOperation, cst.Call):
            if found := _masked_mean(spot.node):
                losses, name = found
                edit = by(expression(f"{script.code(losses)}.mean()"))
                yield Break(spot.scope, name, spot.node, {spot.node: edit})
            elif (filled := receiver(spot.node, "masked_fill")) is not None:
                assert isinstance(spot.node, cst.Call)
                value = spot.node.args[-1].value if len(spot.node.args) == 2 else spot.node
                if number(value) == _IGNORED:
                    yield Break(spot.scope, owner(filled) or "masked_fill", spot.node, {spot.node: by(filled)})


def _ignores(statement: cst.CSTNode) -> str:
    """The name of the labels that the statement sets to -100 in places, "" when it does not."""
    small = only_statement(statement)
    if isinstance(small, cst.Assign) and number(small.value) == _IGNORED:
        target = small.targets[0].target
        return dotted(target.value) if isinstance(target, cst.Subscript) else ""
    return ""


def _masked_mean(node: cst.CSTNode) -> tuple[cst.BaseExpression, str] | None:
    """The losses and the mask's name in `(losses * mask).sum() / mask.sum()` and `losses[mask].mean()`."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Divide):
        product = receiver(node.left, "sum")
        if isinstance(product, cst.BinaryOperation) and isinstance(product.operator, cst.Multiply):
            mask = owner(product.right)
            if _MASK.search(mask) and owner(node.right) == mask and isinstance(product.left, (cst.Name, cst.Call)):
                return product.left.with_changes(lpar=(), rpar=()), mask
    chosen = receiver(node, "mean")
    if isinstance(chosen, cst.Subscript) and len(chosen.slice) == 1:
        index = chosen.slice[0].slice
        if isinstance(index, cst.Index) and _MASK.search(owner(index.value)) and not isinstance(index.value, cst.Call):
            return chosen.value, owner(index.value)
    return None
