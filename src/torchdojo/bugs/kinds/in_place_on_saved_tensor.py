"""A tensor that autograd has saved is changed in place."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edit, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import only_statement

#: Functions whose gradient is computed from their result.
_SAVES_RESULT = re.compile(r"\b(sigmoid|tanh|exp|softmax|sqrt|relu|elu|Sigmoid|Tanh|Softmax|ReLU)\b|\.rsqrt\(")

_OPERATORS: dict[type[cst.BaseBinaryOp], type[cst.BaseAugOp]] = {
    cst.Add: cst.AddAssign,
    cst.Subtract: cst.SubtractAssign,
    cst.Multiply: cst.MultiplyAssign,
    cst.Divide: cst.DivideAssign,
}


class InPlaceOnSavedTensor(BugKind):
    """
    ## What it does
    `h *= gate` writes into the memory of `h`, where autograd has kept the value that it needs for the backward pass:
    the result of a sigmoid, or one factor of a product.

    ## Why it is bad
    Autograd saves tensors by reference, not by copy. Each tensor counts how often it was changed; the graph remembers
    the count at saving time and compares it in `backward`. If they differ, the gradient would be computed from other
    numbers than the forward pass used, and torch refuses. The error comes in `backward`, far from the line at fault.

    ## Symptoms
    - `RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation:
      [torch.FloatTensor [64, 16]], which is output 0 of TanhBackward0, is at version 1; expected version 0 instead`.
    - The same model evaluates without an error under `torch.no_grad()`.
    - `a leaf Variable that requires grad is being used in an in-place operation`, for a parameter.

    ## How to find it
    The message has three clues: the shape, the operation that made the tensor, and how many changes were too many.
    Look for `+=`, `*=`, `[...] =` and for methods that end in `_`, on a tensor of that shape, behind that operation.
    `torch.autograd.set_detect_anomaly(True)` names the line of the operation that had saved it.

    ## Fix
    Make a new tensor: `h = h * gate`. Where memory matters, know what is saved: `h += skip` behind a linear layer is
    harmless, since the layer's gradient does not use its result.

    ## Correct code that looks like it
    - `x += residual` behind a convolution, a linear layer or a batch norm, which save their inputs.
    - `nn.ReLU(inplace=True)`: the gradient of a ReLU needs only the result, and the layer before did not save it.
    - Sums of losses, counters and metrics, and everything under `no_grad`.
    - Filling a fresh tensor piece by piece.

    ## References
    - [Autograd mechanics](https://docs.pytorch.org/docs/stable/notes/autograd.html): in-place operations with autograd
    """

    slug = "in-place-on-saved-tensor"
    title = "In-place change of a saved tensor"
    summary = "An in-place operation overwrites a value that the backward pass needs; autograd refuses."
    category = "autograd"
    difficulty = "easy-medium"
    telling = r"in[- ]?place|overwrit|copy of|new tensor|\bclone"

    interview = (
        Question(
            "How does autograd notice that a saved tensor was changed?",
            "Every tensor has a version counter that each in-place operation increments, shared with its views. When a "
            "node saves a tensor it stores the count; when backward unpacks it, the counts must agree. Writing through "
            "`.data` or a NumPy view does not increment it: then the gradient is silently wrong.",
        ),
        Question(
            "Why does `y += 1` fail behind a sigmoid and not behind a linear layer?",
            "The derivative of the sigmoid is y * (1 - y), so its node saves its result y. A linear layer's gradients "
            "need its input and its weight, not its result: nobody has saved y, so it may be changed.",
        ),
        Question(
            "What does `clone()` in the right place do, and what does `detach()` do?",
            "`h = h.clone()` in front of the change gives the change a tensor of its own, and gradients flow through "
            "the copy. `detach()` ends the error by cutting the graph: what stands before it gets no gradient.",
        ),
    )
    nudges = (
        "Which tensor has the shape in the message, and which operation made it?",
        "Which statements of the forward pass write into a tensor that exists already?",
        "Does the gradient of that operation need its result?",
    )

    examples = (
        Example(
            "a gate",
            "Cell.forward.value",
            """
            class Cell(nn.Module):
                def forward(self, x):
                    value = torch.tanh(self.value(x))
                    value = value * torch.sigmoid(self.gate(x))
                    return self.out(value)
            """,
            """
            class Cell(nn.Module):
                def forward(self, x):
                    value = torch.tanh(self.value(x))
                    value *= torch.sigmoid(self.gate(x))
                    return self.out(value)
            """,
        ),
        Example(
            "a residual",
            "Block.forward.h",
            """
            class Block(nn.Module):
                def forward(self, x):
                    h = F.relu(self.norm(self.conv(x)))
                    h = h + x
                    return h
            """,
            """
            class Block(nn.Module):
                def forward(self, x):
                    h = F.relu(self.norm(self.conv(x)))
                    h += x
                    return h
            """,
        ),
        Example(
            "weights by hand",
            "attend.weights",
            """
            def attend(q, k, v, keep):
                weights = (q @ k.mT).softmax(dim=-1)
                weights = weights / keep
                return weights @ v
            """,
            """
            def attend(q, k, v, keep):
                weights = (q @ k.mT).softmax(dim=-1)
                weights /= keep
                return weights @ v
            """,
        ),
    )
    untouched = (
        "total = 0.0\ntotal = total + loss.item()\n",
        "h = self.linear(x)\nh = h + x\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """An augmented assignment for `h = h * other`, behind a function whose gradient needs its result."""
        for block in script.blocks:
            saved: set[str] = set()
            for statement in block.statements:
                small = only_statement(statement)
                if not isinstance(small, cst.Assign) or len(small.targets) != 1:
                    continue
                target = small.targets[0].target
                if not isinstance(target, cst.Name):
                    continue
                name = target.value
                if name in saved and (changed := _augmented(small, name)) is not None:
                    edits: dict[cst.CSTNode, Edit] = {small: by(changed)}
                    yield Break(block.scope, name, statement, edits)
                if isinstance(small.value, cst.Call) and _SAVES_RESULT.search(script.code(small.value)):
                    saved.add(name)


def _augmented(assign: cst.Assign, name: str) -> cst.AugAssign | None:
    """`h *= other` for `h = h * other`."""
    value = assign.value
    if not isinstance(value, cst.BinaryOperation) or not isinstance(value.left, cst.Name) or value.lpar:
        return None
    operator = _OPERATORS.get(type(value.operator))
    if operator is None or value.left.value != name:
        return None
    return cst.AugAssign(target=value.left, operator=operator(), value=value.right)
