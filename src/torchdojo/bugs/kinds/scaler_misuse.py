"""A gradient scaler of which one call is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import libcst as cst

from torchdojo.bugs.edits import Edit, by, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import bare_call, expression, receiver
from torchdojo.bugs.training_steps import last_name


class ScalerMisuse(BugKind):
    """
    ## What it does
    Loss scaling is a chain of calls: scale the loss, differentiate the scaled one, step through the scaler, update
    the scaler. One of them is missing or replaced by the plain call: the loss is differentiated unscaled, the
    optimizer steps by itself on scaled gradients, or the scaler is never updated.

    ## Why it is bad
    The factor has to be put in once and taken out once. `optimizer.step()` on scaled gradients makes steps 65,536
    times too large. `scaler.step` after an unscaled backward pass makes them 65,536 times too small. Without
    `scaler.update()` the scale never adapts, and the scaler refuses a second step.

    ## Symptoms
    - Divergence with plain SGD: a small run at a rate of 0.1 ended with a loss of NaN. Adam, which does not care about
      the size of gradients, hides it, until overflowing gradients are no longer skipped.
    - `RuntimeError: step() has already been called since the last update().`
    - `AssertionError: Attempted step but _scale is None`, when nothing was ever scaled.

    ## How to find it
    Follow one gradient through the loop: is it multiplied by the scale, and where is it divided? Print
    `scaler.get_scale()` beside the norm of the gradients just before the step.

    ## Fix
    `scaler.scale(loss).backward()`, then `scaler.step(optimizer)`, then `scaler.update()`, once per iteration each.
    With several optimizers step each of them and update once.

    ## Correct code that looks like it
    - `scaler.unscale_(optimizer)` followed by `optimizer.step()`: the gradients have their true size again, although
      steps with infinite gradients are not skipped any more.
    - A scaler built with `enabled=False`, which lets every call pass.
    - Accumulation: many scaled backward passes, then one step and one update.
    - bfloat16, which has the range of float32 and needs no scaler.

    ## References
    - [Typical mixed precision training](https://docs.pytorch.org/docs/stable/notes/amp_examples.html)
    - [GradScaler](https://docs.pytorch.org/docs/stable/amp.html)
    """

    slug = "scaler-misuse"
    title = "A gradient scaler used by halves"
    summary = "The loss scale is put in but not taken out, taken out but not put in, or never updated."
    category = "numerics"
    difficulty = "medium"
    telling = r"scaler|\bscal(e|ed|ing)\b|mixed precision|unscal|\bamp\b"

    interview = (
        Question(
            "What does `scaler.step(optimizer)` do besides calling `optimizer.step()`?",
            "It divides the gradients by the scale, unless `unscale_` has done so, looks for infinities and NaN in "
            "them, and skips the optimizer's step if it finds any.",
        ),
        Question(
            "What is `scaler.update()` for?",
            "It adapts the scale: halves it when a step was skipped, doubles it after a long run of good steps, and "
            "resets the scaler for the next iteration.",
        ),
        Question(
            "Why does bfloat16 need none of this?",
            "It has the exponent range of float32, so small gradients do not vanish. What it lacks is precision, and "
            "scaling does not help with that.",
        ),
    )
    nudges = (
        "Where is the loss multiplied, and where are the gradients divided again?",
        "How large are the gradients at the moment of the update?",
        "Which calls does a scaler need in each iteration?",
    )

    examples = (
        Example(
            "the optimizer by itself",
            "train.step",
            """
            def train(model, loader, optimizer, scaler):
                for x, y in loader:
                    scaler.scale(loss_of(model, x, y)).backward()
                    scaler.step(optimizer)
                    scaler.update()
            """,
            """
            def train(model, loader, optimizer, scaler):
                for x, y in loader:
                    scaler.scale(loss_of(model, x, y)).backward()
                    optimizer.step()
            """,
        ),
        Example(
            "never updated",
            "Trainer.step.update",
            """
            class Trainer:
                def step(self, loss):
                    self.scaler.scale(loss).backward()
                    self.scaler.step(self.opt)
                    self.scaler.update()
                    self.opt.zero_grad()
            """,
            """
            class Trainer:
                def step(self, loss):
                    self.scaler.scale(loss).backward()
                    self.scaler.step(self.opt)
                    self.opt.zero_grad()
            """,
        ),
        Example(
            "not scaled",
            "scale",
            """
            grad_scaler.scale(loss / 2).backward()
            grad_scaler.step(opt)
            """,
            """
            (loss / 2).backward()
            grad_scaler.step(opt)
            """,
        ),
    )
    untouched = ("loss.backward()\noptimizer.step()\nmeter.update()\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Step without the scaler, leave its update out, or differentiate the loss itself."""
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                call = bare_call(statement)
                if call is None:
                    continue
                if _of_scaler(call, "step") and call.args:
                    bare = call.with_changes(func=cst.Attribute(call.args[0].value, cst.Name("step")), args=())
                    edits: dict[cst.CSTNode, Edit] = {call: by(bare)}
                    following = block.statements[index + 1 : index + 2]
                    if following and (then := bare_call(following[0])) is not None and _of_scaler(then, "update"):
                        edits = {**removal(block.statements, index + 1, telling=self.telling), **edits}
                    yield Break(block.scope, "step", statement, edits)
                elif _of_scaler(call, "update"):
                    edits = dict[cst.CSTNode, Edit](removal(block.statements, index, telling=self.telling))
                    yield Break(block.scope, "update", statement, edits)
        for spot in script.of(cst.Call):
            call = cast(cst.Call, spot.node)
            parent = spot.ancestors[-1]
            if _of_scaler(call, "scale") and call.args and isinstance(parent, cst.Attribute):
                loss = call.args[0].value
                if not isinstance(loss, (cst.Name, cst.Attribute, cst.Call)):
                    loss = expression(f"({script.code(loss)})")
                yield Break(spot.scope, "scale", call, {call: by(loss)})


def _of_scaler(call: cst.Call, method: str) -> bool:
    target = receiver(call, method)
    return target is not None and "scaler" in last_name(target).lower()
