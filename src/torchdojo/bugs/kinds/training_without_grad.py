"""The training forward runs while autograd is switched off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import libcst as cst

from torchdojo.bugs.edits import Edit, by, heading
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Block, Script
from torchdojo.bugs.syntax import called, dotted, only_statement
from torchdojo.bugs.training_steps import Verbs, differentiates


class TrainingWithoutGrad(BugKind):
    """
    ## What it does
    A forward pass of training runs under `no_grad` or `inference_mode`, or after a `set_grad_enabled(False)` that an
    evaluation left behind. Autograd records nothing, so the loss does not know how it was computed.

    ## Why it is bad
    `backward()` raises, which is the kind way: the run ends at once. The bug becomes silent when somebody answers the
    message with `loss.requires_grad_()`: then `backward()` runs, fills the gradient of the loss itself, reaches no
    parameter, and the model never learns.

    ## Symptoms
    - `RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn`, in the first iteration.
    - The same message at the beginning of the *second* epoch, when an evaluation in between switched autograd off.
    - With `requires_grad_()` on the loss: gradients of `None` everywhere and a flat loss curve. The initial loss of
      1.133 in a small run was still the loss after 20 epochs.

    ## How to find it
    Ask `outputs.requires_grad` and `torch.is_grad_enabled()` right after the forward pass of training. If the answer
    is no, look up the stack for decorators and context managers, and back in time for a switch without an end.

    ## Fix
    Confine `no_grad` to evaluation, as a `with` block or a decorator, which end by themselves. Use
    `set_grad_enabled` in a `with` statement, too.

    ## Correct code that looks like it
    - Evaluation, sampling and the forward pass of a teacher under `no_grad`, next to a student that records.
    - A frozen backbone under `no_grad` whose features go into a head that records.
    - `with torch.set_grad_enabled(phase == "train")` round one loop for both phases.

    ## References
    - [Locally disabling gradient computation](https://docs.pytorch.org/docs/stable/notes/autograd.html)
    - [set_grad_enabled](https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad_mode.set_grad_enabled.html)
    """

    slug = "training-without-grad"
    title = "Training with autograd switched off"
    summary = "The forward pass of training records nothing, so no gradient can reach the parameters."
    category = "correctness"
    difficulty = "easy-medium"
    telling = r"no_?grad|inference_mode|grad_enabled|autograd|\brecord|\bgraph"

    interview = (
        Question(
            "What is the difference between `no_grad` as a context manager and `set_grad_enabled(False)` as a call?",
            "The context manager restores the mode at the end of its block, exceptions included. The bare call changes "
            "the mode of the thread for good, in every function that runs later.",
        ),
        Question(
            "Somebody repairs 'does not require grad' with `loss.requires_grad_()`. What happens?",
            "The loss becomes a leaf. `backward()` runs and gives it a gradient of one; nothing lies behind it, so no "
            "parameter receives anything. The error was the useful part.",
        ),
    )
    nudges = (
        "Does the output of the training forward require a gradient?",
        "What is `torch.is_grad_enabled()` at that line, and who decided that?",
        "Which switch is turned off and never on again?",
    )

    examples = (
        Example(
            "a switch that stays off",
            "validate.no_grad",
            """
            def validate(model, loader):
                model.eval()
                with torch.no_grad():
                    return sum(score(model, x, y) for x, y in loader)


            def train(model, x, y, optimizer):
                loss = criterion(model(x), y)
                loss.backward()
            """,
            """
            def validate(model, loader):
                model.eval()
                torch.set_grad_enabled(False)
                return sum(score(model, x, y) for x, y in loader)


            def train(model, x, y, optimizer):
                loss = criterion(model(x), y)
                loss.backward()
            """,
        ),
        Example(
            "round the forward pass",
            "Trainer.step.outputs",
            """
            class Trainer:
                def step(self, x, y):
                    self.opt.zero_grad()
                    outputs = self.model(x)
                    loss = self.criterion(outputs, y)
                    loss.backward()
                    self.opt.step()
            """,
            """
            class Trainer:
                def step(self, x, y):
                    self.opt.zero_grad()
                    with torch.no_grad():
                        outputs = self.model(x)
                    loss = self.criterion(outputs, y)
                    loss.backward()
                    self.opt.step()
            """,
        ),
        Example(
            "round the loss",
            "train.loss",
            """
            for x, y in loader:
                opt.zero_grad()


            def train(net, x, y):
                loss = F.mse_loss(net(x), y)
                loss.backward()
            """,
            """
            for x, y in loader:
                opt.zero_grad()


            def train(net, x, y):
                with torch.no_grad():
                    loss = F.mse_loss(net(x), y)
                loss.backward()
            """,
        ),
    )
    untouched = ("def step(opt):\n    opt.zero_grad()\n    opt.step()\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Switch autograd off round the forward pass, or let an evaluation leave it off."""
        verbs = Verbs(script)
        for block in script.blocks:
            yield from self._forwards(block)
            for statement in block.statements:
                if isinstance(statement, cst.With) and _is_no_grad(statement) and not _updates(statement, verbs):
                    edits = _left_off(statement)
                    yield Break(block.scope, called(statement.items[0].item), statement, edits)

    def _forwards(self, block: Block) -> Iterator[Break]:
        if any(isinstance(node, cst.With) and _is_no_grad(node) for node in block.around):
            return
        backwards = [index for index, statement in enumerate(block.statements) if differentiates(statement)]
        for statement in block.statements[: backwards[0]] if backwards else ():
            small = only_statement(statement)
            if isinstance(small, cst.Assign) and isinstance(small.value, cst.Call) and _is_forward(small.value):
                name = dotted(small.targets[0].target) or "forward"
                yield Break(block.scope, name, statement, {statement: _wrapped})
                return


def _is_forward(call: cst.Call) -> bool:
    """Whether the call runs a model: it is one by name, or has one called among its arguments."""
    names = {"model", "net", "network", "classifier", "forward"}
    if called(call) in names:
        return True
    return any(isinstance(arg.value, cst.Call) and called(arg.value) in names for arg in call.args)


def _wrapped(node: cst.CSTNode) -> cst.CSTNode:
    line = cast(cst.SimpleStatementLine, node)
    guard = cast(cst.With, cst.parse_statement("with torch.no_grad():\n    pass\n"))
    inner = line.with_changes(leading_lines=[])
    return guard.with_changes(body=cst.IndentedBlock(body=[inner]), leading_lines=heading(line))


def _is_no_grad(node: cst.With) -> bool:
    return len(node.items) == 1 and called(node.items[0].item) in ("no_grad", "inference_mode")


def _updates(node: cst.With, verbs: Verbs) -> bool:
    """Whether the block moves parameters by hand: switching off is part of training there."""
    return any(isinstance(inner, cst.For) or verbs.steps(inner) for inner in _lines(node) if _assigns_in_place(inner))


def _assigns_in_place(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.For):
        return any(_assigns_in_place(inner) for inner in node.body.body)
    small = only_statement(node)
    return isinstance(small, cst.AugAssign) and isinstance(small.operator, cst.SubtractAssign)


def _lines(node: cst.With) -> tuple[cst.CSTNode, ...]:
    return tuple(node.body.body) if isinstance(node.body, cst.IndentedBlock) else ()


def _left_off(node: cst.With) -> dict[cst.CSTNode, Edit]:
    """The block without its guard, after a switch that nobody turns on again."""
    switch = cast(cst.SimpleStatementLine, cst.parse_statement("torch.set_grad_enabled(False)"))
    lines = _lines(node)
    above = heading(node)
    if not lines:
        return {node: by(node)}
    return {node: lambda _: (switch.with_changes(leading_lines=above), *lines)}
