"""A root or a power without anything that keeps its argument from zero: the slope there is infinite."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by
from torchdojo.bugs.guards import guarded
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import argument, called, dotted, expression, keyword, number, receiver

_MODULES = frozenset({"torch", "torch.linalg", "linalg"})


class InfiniteGradient(BugKind):
    """
    ## What it does
    A square root (or another power below 1) is taken of something that may be exactly 0, most often a distance or a
    norm written out by hand, and the small number that kept it away from 0 is missing.

    ## Why it is bad
    The root of 0 is 0, so the loss is finite and looks perfectly normal. Its slope there is infinite. By the chain
    rule it is multiplied by the slope of what is inside, 2 * 0 for a sum of squares, and infinity times 0 is NaN. All
    the weights behind it become NaN in one step.

    ## Symptoms
    - One finite, unsuspicious loss, and NaN in the very next step.
    - `loss` is finite, `p.grad` is not: measured, `(x ** 2).sum().sqrt()` at x = 0 has the value 0 and the gradient
      NaN, and so has the root of a variance of equal numbers.
    - It happens when two things coincide: an element and itself in a matrix of distances, a duplicated row, a
      perfectly predicted one, a layer whose outputs are all 0.

    ## How to find it
    Check gradients, not only the loss: `torch.nn.utils.clip_grad_norm_(..., error_if_nonfinite=True)`. Anomaly
    detection names the operation ("SqrtBackward0 returned nan values").

    ## Fix
    Add a small number inside the root: `(d2 + 1e-12).sqrt()`, or `d2.clamp(min=1e-12).sqrt()`. Or use functions that
    define the slope at 0: `x.norm(dim=1)`, `torch.linalg.vector_norm` and `torch.cdist` have the gradient 0 there,
    `F.pairwise_distance` adds an epsilon of its own.

    ## Correct code that looks like it
    - `x.norm()`, `x.std()` and `torch.cdist`: measured, their gradient at 0 is 0.
    - A root of something that is larger than zero by construction, such as a variance plus a noise floor.
    - `optim` code that divides by `sqrt(v) + eps` under no_grad.
    - Not correct: `torch.where(x > 0, x.sqrt(), 0)`. The gradient at 0 is NaN all the same.

    ## References
    - [Gradients for non-differentiable
      functions](https://docs.pytorch.org/docs/stable/notes/autograd.html#gradients-for-non-differentiable-functions)
    """

    slug = "infinite-gradient"
    title = "Infinite gradient of a finite loss"
    summary = "The slope of a root at zero is infinite: the loss is fine, the weights are NaN one step later."
    category = "numerics"
    difficulty = "hard"
    telling = r"\beps|epsilon|zero|\bnan\b|\binf|clamp|stab(le|ility)|sqrt"

    interview = (
        Question(
            "The loss of a step is finite, the next one is NaN. What happened in between?",
            "The gradients of the finite loss were not finite, and the update carried that into the weights. A root, "
            "a norm by hand, acos or a power below 1 was evaluated where its slope is infinite, or a branch that "
            "torch.where did not select produced infinity times zero.",
        ),
        Question(
            "Why does `torch.where(x > 0, x.sqrt(), torch.zeros_like(x))` give NaN gradients at 0?",
            "Both branches are computed and both are differentiated. where passes a gradient of 0 to the branch that "
            "was not selected, sqrt multiplies it with its infinite slope, and 0 times infinity is NaN. Make the "
            "argument safe first: torch.where(x > 0, x, 1).sqrt(), then select.",
        ),
        Question(
            "How would you write a matrix of Euclidean distances whose diagonal is zero?",
            "torch.cdist(x, x), whose gradient is defined as 0 where the distance is 0; or the root of the squared "
            "distances plus a small epsilon; or leave the diagonal out before taking the root.",
        ),
    )
    nudges = (
        "The loss is finite. Are the gradients?",
        "Which function in the loss has no finite slope at some point?",
        "Can two of the compared things be equal?",
    )

    examples = (
        Example(
            "a number added",
            "distances.sqrt",
            """
            def distances(a, b):
                squared = (a[:, None] - b[None]).pow(2).sum(-1)
                return torch.sqrt(squared + 1e-12)
            """,
            """
            def distances(a, b):
                squared = (a[:, None] - b[None]).pow(2).sum(-1)
                return torch.sqrt(squared)
            """,
        ),
        Example(
            "clamped, a method",
            "Spread.forward.sqrt",
            """
            class Spread(nn.Module):
                def forward(self, h):
                    return h.var(dim=0).clamp(min=self.eps).sqrt().mean()
            """,
            """
            class Spread(nn.Module):
                def forward(self, h):
                    return h.var(dim=0).sqrt().mean()
            """,
        ),
        Example(
            "a power",
            "rmse.power",
            """
            def rmse(pred, y, eps=1e-8):
                return (((pred - y) ** 2).mean(dim=1) + eps) ** 0.5
            """,
            """
            def rmse(pred, y, eps=1e-8):
                return ((pred - y) ** 2).mean(dim=1) ** 0.5
            """,
        ),
        Example(
            "a norm written out",
            "triplet.norm",
            """
            def triplet(anchor, near, far):
                closer = (anchor - near).norm(dim=1)
                return F.relu(closer - torch.linalg.vector_norm(anchor - far, dim=1) + 1).mean()
            """,
            """
            def triplet(anchor, near, far):
                closer = ((anchor - near) ** 2).sum(dim=1).sqrt()
                return F.relu(closer - torch.linalg.vector_norm(anchor - far, dim=1) + 1).mean()
            """,
        ),
    )
    untouched = (
        "scale = math.sqrt(width)\n",
        "distance = torch.cdist(a, b)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Take what keeps an argument from zero out of a root, or write a norm out."""
        for spot in script.of(cst.Call, cst.BinaryOperation):
            node = spot.node
            if isinstance(node, cst.BinaryOperation):
                exponent = number(node.right) if isinstance(node.operator, cst.Power) else None
                inner = guarded(node.left) if exponent is not None and 0 < exponent < 1 else None
                if inner is not None:
                    yield Break(spot.scope, "power", node, {node.left: by(inner)})
                continue
            assert isinstance(node, cst.Call)
            if called(node) == "sqrt":
                value = _subject(node, "sqrt")
                if value is not None and (inner := guarded(value)) is not None:
                    yield Break(spot.scope, "sqrt", node, {value: by(inner)})
            elif called(node) in ("norm", "vector_norm") and (written := _written_out(script, node)):
                yield Break(spot.scope, called(node), node, {node: by(expression(written))})


def _subject(call: cst.Call, *names: str) -> cst.BaseExpression | None:
    """What a function of torch or a method of a tensor is applied to; None for math's and NumPy's."""
    front = receiver(call, *names)
    if front is None or dotted(front) in _MODULES:
        given = argument(call, 0, "input")
        return None if given is None else given.value
    return None if dotted(front) in ("math", "np", "numpy") else front


def _written_out(script: Script, call: cst.Call) -> str:
    """A Euclidean norm along one axis as a root of a sum of squares; "" for any other norm."""
    front = receiver(call, "norm")
    if front is None or dotted(front) in _MODULES or not isinstance(front, (cst.Name, cst.BinaryOperation)):
        return ""
    axis = keyword(call, "dim")
    others = [arg for arg in call.args if arg is not axis]
    kept = keyword(call, "keepdim")
    if axis is None or any(arg is not kept for arg in others):
        return ""
    arguments = f"dim={script.code(axis.value)}" + (f", keepdim={script.code(kept.value)}" if kept else "")
    return f"({script.code(front)} ** 2).sum({arguments}).sqrt()"
