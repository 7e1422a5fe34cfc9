"""A reshape where axes have to be exchanged."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.model_code import bound_name, in_forward, model_classes
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import dotted, expression, number, receiver


class ViewInsteadOfPermute(BugKind):
    """
    ## What it does
    Axes have to change places, and `view` or `reshape` is called with the sizes in the wanted order. The shape is
    right, the values are not: a reshape never moves a value, it only reads the same row of numbers with other
    bounds. What comes out holds pieces of several samples, time steps or channels in each slice.

    ## Why it is bad
    Nothing complains, because all that torch can check is the shape. When the axis of the batch takes part, samples
    leak into one another: a prediction depends on which other samples happen to be in the batch. When it does not,
    every sample is scrambled in the same way; a network that looks at all positions alike may learn around that,
    one that relies on neighbourhood (convolutions, recurrence, attention heads) learns far worse.

    ## Symptoms
    - The loss falls slowly and ends high although the code runs. A recurrent classifier of 4 gestures that reaches a
      loss of 0.03 and 100 % on held-out data after 60 updates ended at 1.41 and 20 % with the bug.
    - The prediction for one sample changes when another sample of the batch is replaced, also in eval mode.
    - Predictions get better or worse with the size of the batch.

    ## How to find it
    In eval mode, change one sample of a batch and compare the outputs of all others: the difference has to be exactly
    zero. Or feed a tensor of known numbers, `torch.arange(2 * 3 * 4).view(2, 3, 4)`, and read what comes out of the
    line: after a true exchange `y[j, i]` equals `x[i, j]`.

    ## Fix
    `permute`, `transpose` or `movedim` exchange axes; `view`, `reshape` and `flatten` merge and split neighbours.
    Heads of attention need both: split the last axis with `view(b, t, h, d // h)`, then `transpose(1, 2)`, and back in
    the reverse order. The error "view size is not compatible" after a transposition asks for `.contiguous()` or
    `.reshape`, not for leaving the transposition out.

    ## Correct code that looks like it
    - `x.view(len(x), -1)` and `flatten(1)`: neighbouring axes merged, nothing exchanged.
    - Putting neighbouring frames side by side: `(b, t, d)` to `(b, t // 2, 2 * d)`.
    - Models whose rows depend on each other on purpose: batch norm in train mode, contrastive scores, attention over
      the rows of a batch, graphs, one long series cut into moments. Those treat all orders of the rows alike, or have
      no samples that could be kept apart.

    ## References
    - [Tensor views](https://docs.pytorch.org/docs/stable/tensor_view.html)
    - [torch.permute](https://docs.pytorch.org/docs/stable/generated/torch.permute.html)
    """

    slug = "view-instead-of-permute"
    title = "View instead of permute"
    summary = "Axes are exchanged with a reshape: the shape is right, the values are scrambled."
    category = "shapes"
    difficulty = "hard"
    telling = r"transpos|permut|swap|exchang|(axes|axis|dims?) .*(order|first|last)|channels?[ -](first|last)|\) to \("

    interview = (
        Question(
            "What is the difference between `x.view(3, 2)` and `x.t()` for a 2 by 3 tensor?",
            "Both have shape (3, 2). `view` reads the same memory in the same order: [[a, b, c], [d, e, f]] becomes "
            "[[a, b], [c, d], [e, f]]. `t()` exchanges the strides, so that element [j, i] is the old [i, j]: [[a, d], "
            "[b, e], [c, f]]. Only the second keeps columns together.",
        ),
        Question(
            "How would you prove that a model treats the samples of a batch independently?",
            "Put it in eval mode, run a batch, replace one sample and run it again. Every other output must be the "
            "same to the last bit, or to rounding. Equivalently the Jacobian of output i with respect to input j is "
            "zero for i different from j; one backward pass from output i shows it: the gradient of the input has to "
            "be zero in all other rows.",
        ),
        Question(
            "Why does splitting heads with `view(b, h, t, d // h)` not raise an error?",
            "Because the number of elements fits. But the last axis has to be split into heads first: `view(b, t, h, "
            "d // h)` keeps every token's numbers together, and the transposition then moves the heads forward. "
            "Viewing directly gives each head a run of whole tokens cut at the wrong places.",
        ),
    )
    nudges = (
        "All shapes are right. Are the values where the shapes say they are?",
        "Replace one sample of a batch in eval mode: which outputs move?",
        "Which operations can move a value to another place in memory order, and which cannot?",
    )

    examples = (
        Example(
            "time before batch",
            "Net.forward.x",
            """
            class Net(nn.Module):
                def forward(self, x):
                    # (batch, time, width) to (time, batch, width)
                    x = x.permute(1, 0, 2)
                    states, _ = self.rnn(x)
                    return self.head(states[-1])
            """,
            """
            class Net(nn.Module):
                def forward(self, x):
                    # (batch, time, width) to (time, batch, width)
                    x = x.reshape(x.size(1), x.size(0), x.size(2))
                    states, _ = self.rnn(x)
                    return self.head(states[-1])
            """,
        ),
        Example(
            "heads split at once",
            "Attention.split.return",
            """
            class Attention(nn.Module):
                def split(self, x):
                    b, t, _ = x.shape
                    return x.view(b, t, self.heads, -1).transpose(1, 2)

                def forward(self, x):
                    return self.split(x)
            """,
            """
            class Attention(nn.Module):
                def split(self, x):
                    b, t, _ = x.shape
                    return x.view(b, self.heads, t, -1)

                def forward(self, x):
                    return self.split(x)
            """,
        ),
        Example(
            "heads merged at once",
            "Attention.forward.y",
            """
            class Attention(nn.Module):
                def forward(self, x):
                    y = self.mix(x)
                    y = y.transpose(1, 2).contiguous().view(B, T, C)
                    return self.proj(y)
            """,
            """
            class Attention(nn.Module):
                def forward(self, x):
                    y = self.mix(x)
                    y = y.contiguous().view(B, T, C)
                    return self.proj(y)
            """,
        ),
        Example(
            "an attribute, transposed in passing",
            "Mixer.forward.h",
            """
            class Mixer(nn.Module):
                def forward(self, h):
                    h = h + self.tokens(h.transpose(1, 2)).transpose(1, 2)
                    return h
            """,
            """
            class Mixer(nn.Module):
                def forward(self, h):
                    h = h + self.tokens(h.reshape(h.size(0), h.size(2), h.size(1))).transpose(1, 2)
                    return h
            """,
        ),
    )
    untouched = (
        "class Net(nn.Module):\n    def forward(self, x):\n        return self.fc(x.view(x.size(0), -1))\n",
        "def batchify(data, n):\n    return data.view(n, -1).transpose(0, 1)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Reshape where a model transposes a name, splits heads or merges them."""
        models = model_classes(script)
        for spot in script.of(cst.Call):
            if in_forward(spot, models) and (new := _scrambled(script, spot)) is not None:
                yield Break(spot.scope, bound_name(spot, "transpose"), spot.node, {spot.node: by(new)})


def _scrambled(script: Script, spot: Spot) -> cst.BaseExpression | None:
    """The reshape to put in place of a transposition, or of a merge that begins with one."""
    call = spot.node
    if receiver(call, "view", "reshape") is not None:
        return _without_transposition(call)
    moved = receiver(call, "permute", "transpose", "swapaxes")
    order = None if moved is None else _order(call)
    if moved is None or order is None or _is_merged(spot):
        return None
    if receiver(moved, "view", "reshape") is not None:
        return _sizes_exchanged(moved, order)
    if not dotted(moved):
        return None
    name = script.code(moved)
    return expression(f"{name}.reshape({', '.join(f'{name}.size({axis})' for axis in order)})")


def _order(call: cst.CSTNode) -> list[int] | None:
    """The new order of the axes, which has to be another than the old; None when it is not spelled out."""
    assert isinstance(call, cst.Call)
    given = [arg.value for arg in call.args]
    if len(given) == 1 and isinstance(given[0], (cst.Tuple, cst.List)):
        given = [element.value for element in given[0].elements]
    axes = [number(value) for value in given]
    if any(axis is None or axis < 0 for axis in axes):
        return None
    order = [int(axis) for axis in axes if axis is not None]
    if receiver(call, "permute") is not None:
        return order if sorted(order) == list(range(len(order))) and len(order) > 2 else None
    if len(order) != 2 or order[0] == order[1]:
        return None
    # Transposed without a word on how many axes there are: three is the rule for sequences.
    size = max(3, *(axis + 1 for axis in order))
    axes_there = list(range(size))
    axes_there[order[0]], axes_there[order[1]] = order[1], order[0]
    return axes_there


def _sizes_exchanged(view: cst.BaseExpression, order: list[int]) -> cst.BaseExpression | None:
    """`x.view(b, h, t, d)` for `x.view(b, t, h, d).transpose(1, 2)`."""
    assert isinstance(view, cst.Call)
    sizes = list(view.args)
    if len(sizes) < len(order) or any(arg.star for arg in sizes):
        return None
    order = [*order, *range(len(order), len(sizes))]
    return view.with_changes(
        args=[place.with_changes(value=sizes[axis].value) for place, axis in zip(sizes, order, strict=True)]
    )


def _without_transposition(call: cst.CSTNode) -> cst.BaseExpression | None:
    """`x.contiguous().view(b, t, d)` for `x.transpose(1, 2).contiguous().view(b, t, d)`."""
    assert isinstance(call, cst.Call)
    assert isinstance(call.func, cst.Attribute)
    inner = call.func.value
    contiguous = receiver(inner, "contiguous")
    transposed = inner if contiguous is None else contiguous
    source = receiver(transposed, "transpose", "swapaxes", "permute")
    if source is None or _order(transposed) is None:
        return None
    source = source.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()]) if _loose(source) else source
    if contiguous is not None:
        assert isinstance(inner, cst.Call)
        assert isinstance(inner.func, cst.Attribute)
        source = inner.with_changes(func=inner.func.with_changes(value=source))
    return call.with_changes(func=call.func.with_changes(value=source))


def _loose(node: cst.BaseExpression) -> bool:
    return isinstance(node, (cst.BinaryOperation, cst.UnaryOperation)) and not node.lpar


def _is_merged(spot: Spot) -> bool:
    """Whether the transposition begins a merge, which is a place of its own."""
    around = [node for node in spot.ancestors if isinstance(node, (cst.Attribute, cst.Call))][-4:]
    names = [node.attr.value for node in around if isinstance(node, cst.Attribute)]
    directly = isinstance(spot.ancestors[-1], cst.Attribute)
    return directly and any(name in ("view", "reshape") for name in names[-2:])
