"""A tensor that autograd has saved is overwritten through `.data`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

import libcst as cst

from torchdojo.bugs.edits import Edit
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import called, only_statement

#: Functions and layers whose backward pass uses what they returned.
_SAVES_OUTPUT = {"tanh", "sigmoid", "relu", "exp", "softmax", "elu", "sqrt", "Tanh", "Sigmoid", "ReLU"}

_IN_PLACE = {cst.Add: "add_", cst.Subtract: "sub_", cst.Multiply: "mul_", cst.Divide: "div_"}
_METHODS = {"clamp", "clamp_min", "clamp_max", "masked_fill", "mul", "add", "sub", "div"}


class InPlaceOnSavedData(BugKind):
    """
    ## What it does
    A value that autograd has saved for the backward pass is changed in place through `.data` (or through a NumPy view
    of it). The backward pass uses the new value where it needs the old one.

    ## Why it is bad
    For ordinary in-place operations autograd keeps a version counter and raises when a saved tensor has changed.
    `.data` goes round that counter: no error, no warning, a wrong gradient. It often points roughly the right way, so
    the model learns, only worse than it could. And the change itself, a factor or a mask, is not differentiated at
    all, since autograd never saw it.

    ## Symptoms
    - None in the log. A gradient check fails: halving the output of a tanh layer through `.data` gave gradients with
      2.7 times the norm and a cosine of 0.98 with the right ones.
    - Results change when the same line is written without `.data`.
    - `gradcheck` in float64 disagrees with finite differences.

    ## How to find it
    Write the operation without `.data`. Either it raises, which names the culprit, or the numbers change. A checksum
    of the saved tensors at saving and at use (`torch.autograd.graph.saved_tensors_hooks`) proves it.

    ## Fix
    Compute out of place: `h = h * mask`. Where memory matters, use in-place functions on tensors themselves: autograd
    then says when that is not possible. For reading values use `detach()`.

    ## Correct code that looks like it
    - Writing to parameters through `.data` or under `no_grad` after the backward pass.
    - An optimizer that updates each parameter as soon as its gradient is complete, during the backward pass.
    - Saving activations in fewer bits on purpose, with hooks that pack and unpack.
    - In-place operations on values that nobody has saved, such as inputs and masks.

    ## References
    - [In-place operations with autograd](https://docs.pytorch.org/docs/stable/notes/autograd.html)
    - [Hooks for saved tensors](https://docs.pytorch.org/docs/stable/autograd.html)
    """

    slug = "in-place-on-saved-data"
    title = "Saved values overwritten through .data"
    summary = "A write through .data changes what the backward pass will use, and the gradients are silently wrong."
    category = "correctness"
    difficulty = "hard"
    telling = r"in-?place|\.data\b|\bsaved?\b|autograd|version"

    interview = (
        Question(
            "How does autograd notice that a saved tensor has been modified in place?",
            "Each tensor has a version counter that in-place operations raise, shared by its views. The counter is "
            "noted when the tensor is saved and compared when it is used. `.data` returns a tensor with the same "
            "memory and a counter of its own, so the check passes.",
        ),
        Question(
            "What is the difference between `x.data` and `x.detach()`?",
            "Both share memory and have no graph. `detach()` also shares the version counter, so an in-place write "
            "through it is noticed if the value is needed for a gradient. Through `.data` it is not.",
        ),
        Question(
            "The backward pass of tanh: what does it save, and what goes wrong if that is scaled by 0.5?",
            "It saves its output y and multiplies the incoming gradient by 1 - y^2. With y / 2 that factor comes out "
            "as 1 - y^2 / 4: larger than it should be, most of all where the unit is saturated.",
        ),
    )
    nudges = (
        "Which values does the backward pass of each operation need?",
        "Who writes to a tensor after it has been used?",
        "What happens if you leave out `.data`?",
    )

    examples = (
        Example(
            "an activation that is scaled",
            "Net.forward.h",
            """
            class Net(nn.Module):
                def forward(self, x):
                    h = torch.tanh(self.fc1(x))
                    h = h * self.gain
                    return self.fc2(h)
            """,
            """
            class Net(nn.Module):
                def forward(self, x):
                    h = torch.tanh(self.fc1(x))
                    h.data.mul_(self.gain)
                    return self.fc2(h)
            """,
        ),
        Example(
            "a bounded activation",
            "encode.z",
            """
            def encode(layer, x):
                z = layer(x).exp()
                z = z.clamp(max=5.0)
                return z
            """,
            """
            def encode(layer, x):
                z = layer(x).exp()
                z.data.clamp_(max=5.0)
                return z
            """,
        ),
        Example(
            "a normalisation put in",
            "Net.forward.x",
            """
            class Net(nn.Module):
                def forward(self, x):
                    x = F.relu(self.first(x))
                    return self.second(x)
            """,
            """
            class Net(nn.Module):
                def forward(self, x):
                    x = F.relu(self.first(x))
                    x.data.div_(x.data.norm(dim=1, keepdim=True) + 1e-6)
                    return self.second(x)
            """,
        ),
    )
    untouched = ("class Net(nn.Module):\n    def forward(self, x):\n        return self.fc(x)\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Write a change of an activation through `.data`, or put one in."""
        for block in script.blocks:
            if not block.scope:
                continue
            for index, statement in enumerate(block.statements):
                name = _saved(statement)
                if not name:
                    continue
                following = block.statements[index + 1] if index + 1 < len(block.statements) else None
                written = _through_data(script, following, name) if following is not None else ""
                if written and following is not None:
                    yield Break(block.scope, name, following, {following: _replaced(written)})
                elif block.scope.endswith(".forward") and following and ".data." not in script.code(following):
                    line = f"{name}.data.div_({name}.data.norm(dim=1, keepdim=True) + 1e-6)"
                    yield Break(block.scope, name, statement, {statement: _followed(line)})


def _saved(statement: cst.CSTNode) -> str:
    """The name that is given the output of a function which saves it, "" otherwise."""
    small = only_statement(statement)
    if (
        not isinstance(small, cst.Assign)
        or len(small.targets) != 1
        or not isinstance(small.targets[0].target, cst.Name)
    ):
        return ""
    return small.targets[0].target.value if called(small.value) in _SAVES_OUTPUT else ""


def _through_data(script: Script, statement: cst.CSTNode, name: str) -> str:
    """`h = h * mask` as a write through `.data`; "" when the statement is nothing of the kind."""
    small = only_statement(statement)
    if not isinstance(small, cst.Assign) or script.code(small.targets[0].target) != name:
        return ""
    value = small.value
    if isinstance(value, cst.BinaryOperation) and script.code(value.left) == name:
        method = _IN_PLACE.get(type(value.operator))
        return f"{name}.data.{method}({script.code(value.right)})" if method else ""
    if isinstance(value, cst.Call) and called(value) in _METHODS:
        arguments = [script.code(arg) for arg in value.args]
        if isinstance(value.func, cst.Attribute) and script.code(value.func.value) == name:
            return f"{name}.data.{called(value)}_({', '.join(a.rstrip(', ') for a in arguments)})"
    return ""


def _replaced(line: str) -> Edit:
    def edit(node: cst.CSTNode) -> cst.CSTNode:
        old = cast(cst.SimpleStatementLine, node)
        new = cast(cst.SimpleStatementLine, cst.parse_statement(line))
        return new.with_changes(leading_lines=old.leading_lines, trailing_whitespace=old.trailing_whitespace)

    return edit


def _followed(line: str) -> Edit:
    def edit(node: cst.CSTNode) -> Sequence[cst.CSTNode]:
        return (node, cst.parse_statement(line))

    return edit
