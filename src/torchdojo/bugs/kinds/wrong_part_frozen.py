"""A part that was to be frozen still trains."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edits, by
from torchdojo.bugs.freezing import Freeze, freezes
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import called, dotted


class WrongPartFrozen(BugKind):
    """
    ## What it does
    The line that is to freeze a part of the model does nothing: it sets an attribute of a misspelt name, or sets
    `requires_grad` on a module, where it is a new attribute like any other. Python allows both without a word.

    ## Why it is bad
    The pretrained part trains along with the new head, at the head's learning rate. Large steps out of a random head
    wash out features that took long to learn, a small data set is overfitted by many more parameters than planned,
    and each step costs a full backward pass and optimizer state for all of them.

    ## Symptoms
    - Steps are as slow, and take as much memory, as without freezing.
    - `sum(p.numel() for p in model.parameters() if p.requires_grad)` is the size of the whole model.
    - The result on the old task falls. After a body had been trained on one task and was "frozen" with a misspelt
      attribute, 40 steps on a second task took its accuracy on the first from 0.97 to 0.70. Properly frozen it kept
      0.97, at the price of 0.77 instead of 0.99 on the second: the accuracy of the new task alone praises the bug.

    ## How to find it
    Print the names of the parameters that want gradients before the first step. And compare one frozen weight before
    and after an epoch with `torch.equal`: it has to be the same to the last bit.

    ## Fix
    `module.requires_grad_(False)`, the method with the underscore, or `p.requires_grad = False` for each parameter.
    Give the optimizer only what trains, so that weight decay and momentum cannot reach the rest.

    ## Correct code that looks like it
    - Parts that are thawed again later on purpose.
    - Networks that take turns, as in a GAN: the discriminator is frozen for the generator's step.
    - Batch norm whose statistics move although its parameters are frozen; that is another bug, or meant so.

    ## References
    - [Module.requires_grad_](https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html)
    - [Autograd mechanics](https://docs.pytorch.org/docs/stable/notes/autograd.html): setting requires_grad
    """

    slug = "wrong-part-frozen"
    title = "Freezing that freezes nothing"
    summary = "A misspelt or misplaced requires_grad leaves the pretrained part training."
    category = "correctness"
    difficulty = "medium"
    telling = r"fr(eez|oze)\w*|requires?_grad|(stays?|kept|keep|remain)\w*\W+(\w+\W+){0,2}(fixed|as (it|they))|thaw"

    interview = (
        Question(
            "Why does `model.backbone.requires_grad = False` not freeze the backbone?",
            "`requires_grad` is a property of tensors. A Module has none, so the assignment creates a plain attribute "
            "on the module that autograd never reads. The method `requires_grad_()` is what walks the parameters; "
            "the trailing underscore marks it as changing them in place.",
        ),
        Question(
            "How do you make sure that a part stays frozen?",
            "Set `requires_grad` to False for its parameters, build the optimizer from those that want gradients, put "
            "the part in eval mode if it has batch norm or dropout, and assert in a test that its `state_dict` is "
            "bit-identical after a few steps.",
        ),
        Question(
            "Gradients are off, yet a frozen weight changes. How can that be?",
            "It is in the optimizer and still has a gradient from before it was frozen: `zero_grad(set_to_none=False)` "
            "leaves a zero tensor there, and with momentum or weight decay the optimizer goes on moving it. With "
            "gradients of None the parameter is skipped.",
        ),
    )
    nudges = (
        "How many parameters want gradients just before the first step, and how many should?",
        "Compare a weight of the frozen part before and after one epoch.",
        "Which class does the object have on which the attribute is set, and does it know that attribute?",
    )

    examples = (
        Example(
            "a loop over the parameters",
            "fine_tune.backbone",
            """
            def fine_tune(model, lr):
                for param in model.backbone.parameters():
                    param.requires_grad = False
                return torch.optim.Adam(model.parameters(), lr=lr)
            """,
            """
            def fine_tune(model, lr):
                for param in model.backbone.parameters():
                    param.require_grad = False
                return torch.optim.Adam(model.parameters(), lr=lr)
            """,
        ),
        Example(
            "the module's method",
            "Tuner.__init__",
            """
            class Tuner:
                def __init__(self, body, head):
                    self.body = body
                    self.body.requires_grad_(False)
                    self.head = head
            """,
            """
            class Tuner:
                def __init__(self, body, head):
                    self.body = body
                    self.body.requires_grad = False
                    self.head = head
            """,
        ),
        Example(
            "a method of each parameter",
            "encoder",
            """
            for p in encoder.parameters():
                p.requires_grad_(False)
            net = nn.Sequential(encoder, nn.Linear(8, 2))
            """,
            """
            for p in encoder.parameters():
                p.require_grad = False
            net = nn.Sequential(encoder, nn.Linear(8, 2))
            """,
        ),
    )
    untouched = (
        "w = torch.zeros(3)\nw.requires_grad = True\nmodel.requires_grad_(True)\n",
        "for p in model.parameters():\n    p.grad = None\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Misspell the attribute, or set it on the module."""
        for freeze in freezes(script):
            name = dotted(freeze.part).rpartition(".")[2] or called(freeze.part) or "part"
            yield Break(freeze.scope, name, freeze.statement, _edits(freeze))


def _edits(freeze: Freeze) -> Edits:
    switch = freeze.switch
    if isinstance(switch, cst.Attribute):
        return {switch.attr: by(cst.Name("require_grad"))}
    assert isinstance(switch, cst.Call)
    assert isinstance(switch.func, cst.Attribute)
    on_module = not isinstance(freeze.statement, cst.For)
    attribute = switch.func.with_changes(attr=cst.Name("requires_grad" if on_module else "require_grad"))
    assign = cst.Assign([cst.AssignTarget(attribute)], cst.Name("False"))
    line = freeze.statement.body.body[0] if isinstance(freeze.statement, cst.For) else freeze.statement
    assert isinstance(line, cst.SimpleStatementLine)
    return {line.body[0]: by(assign)}
