"""Gradients of micro-batches are added up without being divided by their number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import libcst as cst

from torchdojo.bugs.edits import Edit, by, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import assigned_names, called, dotted, only_statement


class AccumulationNotScaled(BugKind):
    """
    ## What it does
    Several micro-batches are differentiated before each step, to get the effect of one large batch. Each loss is a
    mean over its own rows, and the gradients add up: without dividing by their number the step gets k times the
    gradient of the large batch.

    ## Why it is bad
    It is a learning rate k times as high as the one that stands in the script, and a clipping bound k times as tight.
    Whoever changes the number of micro-batches to fit another memory changes the training without knowing. With plain
    SGD the gradient is exactly k times too large: measured 4.0 for k = 4.

    ## Symptoms
    - Runs with another number of micro-batches differ, although the effective batch is the same.
    - Oscillation or divergence once k is large: with momentum, a rate of 0.2 and k = 8 a run stayed at a loss of 1.104
      where the scaled one reached 0.162.
    - With a careful rate nothing, or even faster progress: at 0.2 and k = 4 it was 0.183 without and 0.301 with the
      division. With Adam, which divides by the size of its gradients, hardly anything ever.

    ## How to find it
    Compute the gradient of one large batch, then accumulate it over its k parts, and compare the norms: they have to
    be equal.

    ## Fix
    `(loss / k).backward()` when every micro-batch has the same number of rows. With uneven ones, or with losses per
    token, take sums and divide once by the total count.

    ## Correct code that looks like it
    - Losses with `reduction="sum"`, divided by the number of rows of all micro-batches at the end.
    - Gradients that are divided by hand before the step, or a learning rate that was divided by k on purpose.
    - Several losses of one batch that are meant to add up.

    ## References
    - [Gradient accumulation](https://docs.pytorch.org/docs/stable/notes/amp_examples.html): the loss is divided by the
      number of iterations
    """

    slug = "accumulation-not-scaled"
    title = "Accumulated gradients are not averaged"
    summary = "Mean losses of k micro-batches are added up, so each step gets k times the gradient."
    category = "convergence"
    difficulty = "medium"
    telling = r"accumul|micro-?batch|\bscal(e|ed|ing)\b|divid|\baverag|\bmean\b.{0,30}(batch|grad)"

    interview = (
        Question(
            "Why is the loss divided by the number of accumulation steps?",
            "The loss of a large batch is the mean over all rows. Adding up k gradients of means over parts gives k "
            "times that. Dividing each loss by k makes the sum the mean again, for parts of equal size.",
        ),
        Question(
            "When is dividing by k not right either?",
            "When the parts weigh differently: a shorter last batch, or a language model whose loss is a mean over "
            "the tokens that count in each part. Then sum the losses and divide by the total number of tokens.",
        ),
        Question(
            "Why does nobody notice with Adam?",
            "Its update is the ratio of two averages of the gradient; a common factor cancels, but for epsilon. "
            "Clipping by norm and weight decay within the gradient do notice.",
        ),
    )
    nudges = (
        "How large is the gradient after k micro-batches, compared with that of one large batch?",
        "What does `backward()` do with what the last one left, and what is the loss a mean of?",
        "What would happen to the step if you doubled the number of micro-batches?",
    )

    examples = (
        Example(
            "within the line of the loss",
            "train.loss",
            """
            def train(model, loader, optimizer, accumulation_steps):
                for i, (x, y) in enumerate(loader):
                    loss = criterion(model(x), y) / accumulation_steps
                    loss.backward()
                    if (i + 1) % accumulation_steps == 0:
                        optimizer.step()
                        optimizer.zero_grad()
            """,
            """
            def train(model, loader, optimizer, accumulation_steps):
                for i, (x, y) in enumerate(loader):
                    loss = criterion(model(x), y)
                    loss.backward()
                    if (i + 1) % accumulation_steps == 0:
                        optimizer.step()
                        optimizer.zero_grad()
            """,
        ),
        Example(
            "at the backward pass",
            "Trainer.update.backward",
            """
            class Trainer:
                def update(self, x, y):
                    self.opt.zero_grad()
                    for a, b in zip(x.chunk(self.k), y.chunk(self.k)):
                        loss = self.loss(a, b)
                        (loss / self.k).backward()
                    self.opt.step()
            """,
            """
            class Trainer:
                def update(self, x, y):
                    self.opt.zero_grad()
                    for a, b in zip(x.chunk(self.k), y.chunk(self.k)):
                        loss = self.loss(a, b)
                        loss.backward()
                    self.opt.step()
            """,
        ),
        Example(
            "a statement of its own",
            "train.loss",
            """
            def train(micro_batches, opt):
                for number, batch in enumerate(micro_batches, 1):
                    loss = loss_of(batch)
                    loss /= 8
                    loss.backward()
                    if number % 8 == 0:
                        opt.step()
            """,
            """
            def train(micro_batches, opt):
                for number, batch in enumerate(micro_batches, 1):
                    loss = loss_of(batch)
                    loss.backward()
                    if number % 8 == 0:
                        opt.step()
            """,
        ),
    )
    untouched = ("def train(loss, opt):\n    loss = loss / 2\n    loss.backward()\n    opt.step()\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Leave out the division by a number that counts micro-batches elsewhere."""
        counts = _counts(script)
        for spot in script.of(cst.BinaryOperation):
            node = cast(cst.BinaryOperation, spot.node)
            if not isinstance(node.operator, cst.Divide) or script.code(node.right) not in counts:
                continue
            parent = spot.ancestors[-1]
            if isinstance(parent, cst.Attribute) and parent.attr.value == "backward":
                yield Break(spot.scope, "backward", node, {node: _bare(node.left)})
            elif isinstance(parent, cst.Arg) and called(spot.ancestors[-2]) in ("scale", "backward", "manual_backward"):
                yield Break(spot.scope, called(spot.ancestors[-2]), node, {node: _bare(node.left)})
            elif isinstance(parent, cst.Assign) and _is_loss(assigned_names(spot)):
                yield Break(spot.scope, assigned_names(spot)[0], node, {node: _bare(node.left)})
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                small = only_statement(statement)
                if not isinstance(small, cst.AugAssign) or not isinstance(small.operator, cst.DivideAssign):
                    continue
                name = dotted(small.target)
                if script.code(small.value) in counts and _is_loss([name]):
                    yield Break(block.scope, name, statement, removal(block.statements, index, telling=self.telling))


def _is_loss(names: list[str]) -> bool:
    return bool(names) and any(word in names[0].lower() for word in ("loss", "cost", "objective"))


def _bare(node: cst.BaseExpression) -> Edit:
    """The dividend, less brackets round a plain name or call."""
    plain = isinstance(node, (cst.Name, cst.Attribute, cst.Call, cst.Subscript))
    return by(
        node.with_changes(lpar=[], rpar=[])
        if plain
        else node.with_changes(lpar=node.lpar or [cst.LeftParen()], rpar=node.rpar or [cst.RightParen()])
    )


def _counts(script: Script) -> set[str]:
    """What batches are counted modulo, split into, or looped over: numbers and names, as they are written."""
    found = set()
    for spot in script.of(cst.BinaryOperation, cst.Call):
        node = spot.node
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Modulo):
            found.add(script.code(node.right))
        elif isinstance(node, cst.Call) and called(node) in ("chunk", "range", "tensor_split", "islice", "batched"):
            found.update(script.code(arg.value) for arg in node.args)
    return found - {"1"}
