"""The backward of a custom autograd function is not the derivative of its forward."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.model_code import bound_name
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import number


class CustomBackwardWrong(BugKind):
    """
    ## What it does
    A `torch.autograd.Function` defines its own `backward`, and what that returns is not the derivative of `forward`:
    a factor of the chain rule is missing, a sign is wrong, a term is left out.

    ## Why it is bad
    Autograd believes what `backward` says. All layers in front of the function receive wrong gradients; the layers
    behind it are fine and go on learning, so the loss still falls, only more slowly and to a worse place.

    ## Symptoms
    - Training works, but less well than with the same formula written in plain torch operations. A regression whose
      activation lost the factor 1 - s of its derivative ended at a loss of 0.013 instead of 0.002; nobody would
      notice without the comparison.
    - Layers in front of the function move too much, too little, or in the wrong direction.
    - Results change when the function is replaced by its plain equivalent.

    ## How to find it
    `torch.autograd.gradcheck(Function.apply, inputs)` with inputs in float64 compares every derivative with finite
    differences. By hand: (f(x + hv) - f(x - hv)) / 2h against the gradient times v, for a random direction v and
    h = 1e-6.

    ## Fix
    Derive the formula again, multiply with the incoming gradient, return one gradient per input of `forward` and in
    its shape (sums over broadcast axes). Put `gradcheck` into the tests. Most functions need no backward of their own.

    ## Correct code that looks like it
    - Straight-through estimators: the forward rounds or takes a sign, the gradient is passed on as it came.
    - Gradient reversal and gradient scaling: the forward is the identity.
    - Surrogate gradients of spiking networks, whose forward is a step.

    ## References
    - [Extending PyTorch](https://docs.pytorch.org/docs/stable/notes/extending.html)
    - [gradcheck](https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html)
    """

    slug = "custom-backward-wrong"
    title = "Wrong custom backward"
    summary = "The backward of a custom function is not the derivative of its forward."
    category = "autograd"
    difficulty = "hard"
    telling = r"derivativ|chain rule|backward|gradient of|d/dx|product rule|gradcheck|d\w? ?/ ?d\w"

    interview = (
        Question(
            "Why does gradcheck want float64?",
            "Finite differences subtract two nearly equal numbers. In float32 the rounding error of about 1e-7 is "
            "divided by the step and drowns the derivative; in float64 a step of 1e-6 leaves about ten correct digits "
            "of the difference, enough to see an error of a thousandth.",
        ),
        Question(
            "When is a backward that is not the derivative right?",
            "When the true derivative is useless: zero almost everywhere for rounding, sign or a spike. Then a "
            "surrogate is put in its place. Or when the gradient is to be changed on purpose, as in gradient reversal "
            "for domain adaptation, where forward is the identity.",
        ),
    )
    nudges = (
        "Whose derivative is computed by hand here, and who has checked it?",
        "Compare the gradient with a finite difference, in float64.",
        "Write the chain rule down for this function, factor by factor.",
    )

    examples = (
        Example(
            "a factor lost",
            "Swish.backward.return",
            """
            class Swish(torch.autograd.Function):
                @staticmethod
                def backward(ctx, grad):
                    (x,) = ctx.saved_tensors
                    s = torch.sigmoid(x)
                    return grad * (s + x * s * (1 - s))
            """,
            """
            class Swish(torch.autograd.Function):
                @staticmethod
                def backward(ctx, grad):
                    (x,) = ctx.saved_tensors
                    s = torch.sigmoid(x)
                    return grad * (s + x * s)
            """,
        ),
        Example(
            "a constant lost",
            "Square.backward.return",
            """
            class Square(Function):
                @staticmethod
                def backward(ctx, g):
                    (x,) = ctx.saved_tensors
                    return 2 * x * g
            """,
            """
            class Square(Function):
                @staticmethod
                def backward(ctx, g):
                    (x,) = ctx.saved_tensors
                    return x * g
            """,
        ),
        Example(
            "a square lost",
            "Tanh.backward.slope",
            """
            class Tanh(torch.autograd.Function):
                @staticmethod
                def backward(ctx, upstream):
                    (t,) = ctx.saved_tensors
                    slope = 1 - t**2
                    return upstream * slope
            """,
            """
            class Tanh(torch.autograd.Function):
                @staticmethod
                def backward(ctx, upstream):
                    (t,) = ctx.saved_tensors
                    slope = 1 - t
                    return upstream * slope
            """,
        ),
    )
    untouched = (
        "class Round(torch.autograd.Function):\n    @staticmethod\n    def backward(ctx, g):\n        return g\n",
        "def backward(x, g):\n    return 2 * x * g\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Lose a factor, a constant or a power in a backward."""
        functions = _functions(script)
        for spot in script.of(cst.BinaryOperation):
            if not any(spot.scope == f"{name}.backward" for name in functions):
                continue
            new = _lost(script, spot)
            if new is not None:
                yield Break(spot.scope, bound_name(spot, "gradient"), spot.node, {spot.node: by(new)})


def _functions(script: Script) -> list[str]:
    return [
        f"{spot.scope}.{spot.node.name.value}" if spot.scope else spot.node.name.value
        for spot in script.of(cst.ClassDef)
        if isinstance(spot.node, cst.ClassDef)
        and any(script.code(base.value).endswith("Function") for base in spot.node.bases)
    ]


def _lost(script: Script, spot: Spot) -> cst.BaseExpression | None:
    """The expression with less in it: `x` for `2 * x` and `x**2`, `a` for `a * (1 - b)`."""
    node = spot.node
    assert isinstance(node, cst.BinaryOperation)
    if isinstance(node.operator, cst.Power):
        return node.left if number(node.right) in (2.0, 3.0) else None
    if not isinstance(node.operator, cst.Multiply):
        return None
    if number(node.left) is not None and number(node.left) not in (1.0, -1.0):
        return node.right
    complement = node.right
    if (
        isinstance(complement, cst.BinaryOperation)
        and complement.lpar
        and isinstance(complement.operator, cst.Subtract)
    ):
        return node.left if number(complement.left) == 1.0 else None
    return None
