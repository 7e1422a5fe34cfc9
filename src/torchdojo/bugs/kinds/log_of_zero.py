"""A logarithm or a division without anything that keeps its argument from zero."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by
from torchdojo.bugs.guards import guarded
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import argument, called, dotted, receiver

_LOGARITHMS = ("log", "log2", "log10")


class LogOfZero(BugKind):
    """
    ## What it does
    A loss takes the logarithm of something that may become exactly 0 (or divides by it), and the small number that
    kept it away from 0 is missing.

    ## Why it is bad
    The log of 0 is minus infinity, and 0 times infinity is NaN: one such element makes the whole sum infinite or NaN.
    Its gradient is NaN, too, and after one update so are the weights. Nothing recovers from that, and nothing is
    printed about it. Zeros are not rare: a sigmoid in float32 is exactly 1 from a score of about 17 on, so that 1
    minus it is 0; a softmax underflows at a difference of about 104; counts, masks and norms are 0 by nature.

    ## Symptoms
    - A loss that is fine for a while and then `nan` or `inf` for ever, in a step that depends on the data.
    - It goes earlier the better the model gets: confident predictions are the ones that round to 0 or 1.
    - With anomaly detection: "Function 'LogBackward0' returned nan values".

    ## How to find it
    `torch.autograd.set_detect_anomaly(True)` names the operation whose *gradient* was NaN. For the forward pass
    assert `torch.isfinite(loss)` and print the smallest argument of each logarithm and each denominator in front of
    it.

    ## Fix
    Use the function that does it in one step: `cross_entropy` or `log_softmax`, `binary_cross_entropy_with_logits`,
    `logsigmoid`, `log1p`, `xlogy` for x log x. Where there is none, add a small number inside: `log(p + 1e-8)`,
    `p.clamp(min=1e-8)`. It has to be large enough for the dtype: in float16 1e-8 is 0.

    ## Correct code that looks like it
    - `torch.where(p > 0, p * p.clamp(min=1e-12).log(), 0)`: the argument itself is kept from zero.
    - Logarithms of what cannot vanish: `log(1 + x * x)`, `log(exp(a).sum())` after subtracting the maximum.
    - `binary_cross_entropy`, which clamps its logarithms at -100.
    - Division by a count that is at least one by construction.

    ## References
    - [Numerical accuracy](https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html)
    - [detect_anomaly](https://docs.pytorch.org/docs/stable/autograd.html#anomaly-detection)
    """

    slug = "log-of-zero"
    title = "Logarithm of zero"
    summary = "An unguarded logarithm or division meets a zero: the loss is NaN from that step on."
    category = "numerics"
    difficulty = "medium"
    telling = r"\beps|epsilon|zero|log\(0\)|\bnan\b|\binf|clamp|stab(le|ility)|underflow"

    interview = (
        Question(
            "Your loss is NaN at step 3,412. How do you find out why?",
            "Reproduce it: save the batch and the weights when the loss first is not finite. Then look for the first "
            "operation whose output is not finite: assertions on intermediate results, forward hooks, or anomaly "
            "detection for the backward pass. Check the batch itself for NaN, the gradient norm of the steps before "
            "for divergence, and each log, division, root and exp for arguments at the edge.",
        ),
        Question(
            "Is `torch.where(p > 0, p * p.log(), 0.0)` safe at p = 0?",
            "Forward yes, backward no. where selects values, but both branches are differentiated: the unselected one "
            "gets a zero gradient, and zero times the infinite slope of log at 0 is NaN. The argument itself has to be "
            "replaced in front of the log: p.clamp(min=eps).log(), or xlogy.",
        ),
        Question(
            "Why is `log(softmax(x))` worse than `log_softmax(x)` although they are equal?",
            "softmax rounds small probabilities to 0 (in float32 from a difference of about 104 on), and the log of 0 "
            "is minus infinity. log_softmax computes x - max - log(sum(exp(x - max))), which stays finite.",
        ),
    )
    nudges = (
        "Which operations of the loss are not defined everywhere?",
        "What is the smallest value that reaches this logarithm, or this denominator?",
        "At which step does the loss stop being finite, and what is special about that batch?",
    )

    examples = (
        Example(
            "a number added",
            "entropy_loss.log",
            """
            def entropy_loss(p, target):
                return -(target * torch.log(p + 1e-8)).sum(dim=1).mean()
            """,
            """
            def entropy_loss(p, target):
                return -(target * torch.log(p)).sum(dim=1).mean()
            """,
        ),
        Example(
            "clamped, a method",
            "Loss.forward.log",
            """
            class Loss(nn.Module):
                def forward(self, p, y):
                    safe = p.clamp(min=self.eps).log() * y
                    return -safe.mean()
            """,
            """
            class Loss(nn.Module):
                def forward(self, p, y):
                    safe = p.log() * y
                    return -safe.mean()
            """,
        ),
        Example(
            "a denominator",
            "dice.division",
            """
            def dice(p, t):
                overlap = (p * t).sum(dim=(1, 2))
                return 1 - (2 * overlap / (p.sum(dim=(1, 2)) + t.sum(dim=(1, 2)) + EPS)).mean()
            """,
            """
            def dice(p, t):
                overlap = (p * t).sum(dim=(1, 2))
                return 1 - (2 * overlap / (p.sum(dim=(1, 2)) + t.sum(dim=(1, 2)))).mean()
            """,
        ),
        Example(
            "a count that may be none",
            "masked_mean.division",
            """
            def masked_mean(loss, mask):
                return (loss * mask).sum() / mask.sum().clamp(min=1)
            """,
            """
            def masked_mean(loss, mask):
                return (loss * mask).sum() / mask.sum()
            """,
        ),
    )
    untouched = (
        "loss = torch.log(1 + error ** 2).mean()\n",
        "scaled = x / 255.0\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Take what keeps an argument from zero out of a logarithm or a denominator."""
        for spot in script.of(cst.Call, cst.BinaryOperation):
            node = spot.node
            if isinstance(node, cst.BinaryOperation):
                if isinstance(node.operator, cst.Divide) and (inner := guarded(node.right)) is not None:
                    yield Break(spot.scope, "division", node, {node.right: by(inner)})
            elif called(node) in _LOGARITHMS:
                front = receiver(node, *_LOGARITHMS)
                assert isinstance(node, cst.Call)
                given = argument(node, 0, "input")
                value = front if front is not None and dotted(front) not in ("torch", "math", "np") else None
                if value is None:
                    value = None if given is None or dotted(front or node) in ("math", "np") else given.value
                if value is not None and (inner := guarded(value)) is not None:
                    yield Break(spot.scope, called(node), node, {value: by(inner)})
