"""Layers without an activation between them."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import assigned_names, called, receiver, without_argument

_LAYERS = {
    "ReLU", "GELU", "Tanh", "Sigmoid", "SiLU", "LeakyReLU", "ELU", "Softplus", "Mish", "SELU", "Hardswish", "ReLU6",
}  # fmt: skip
_FUNCTIONS = {"relu", "gelu", "tanh", "sigmoid", "silu", "leaky_relu", "elu", "softplus", "mish", "selu"}
_AFFINE = {"Linear", "LazyLinear", "Conv1d", "Conv2d", "Conv3d"}
#: What may stand between two layers and is no nonlinearity.
_IDLE = {"Dropout", "Dropout1d", "Dropout2d", "BatchNorm1d", "BatchNorm2d", "Flatten", "Identity"}


class MissingNonlinearity(BugKind):
    """
    ## What it does
    The output of one linear (or convolutional) layer goes straight into the next. Two affine maps in a row are an
    affine map: the pair computes nothing that a single layer could not.

    ## Why it is bad
    The network has the parameters of a deep model and the reach of a shallower one. When the missing activation was
    the only one, the whole network is a linear model: XOR, spirals and every other curved boundary are out of its
    reach, however long it trains.

    ## Symptoms
    - Underfitting: the training loss stays up, and a wider or longer-trained network does not help.
    - A decision boundary that is straight, or made of few straight pieces.
    - With other activations left in place it may not show at all: a classifier of two spirals reached 98 % and a loss
      of 0.050 with both of its activations, 98 % and 0.053 with one of them, 84 % and 0.174 with none.

    ## How to find it
    Read the layers aloud: affine, nonlinear, affine, nonlinear, affine. Or test the pair: for an affine map f,
    f(a) + f(b) - f(a + b) - f(0) is zero to rounding (1e-7), for a pair with an activation it is not (0.2).

    ## Fix
    Put the activation back between the layers; after batch norm where there is one. None belongs after the last
    layer that produces scores.

    ## Correct code that looks like it
    - A narrow layer between two wide ones: a factorised matrix, LoRA, a linear bottleneck, the code of an
      autoencoder.
    - A depthwise convolution followed by a pointwise one, or 1 by 3 followed by 3 by 1.
    - Projections of attention: between value and output projection lies a softmax.
    - An input projection that feeds both a block and the shortcut round it.

    ## References
    - [torch.nn activations](https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity)
    - [The universal approximation theorem](https://en.wikipedia.org/wiki/Universal_approximation_theorem) asks for a
      nonlinear activation
    """

    slug = "missing-nonlinearity"
    title = "No activation between layers"
    summary = "Two affine layers follow each other: together they can do no more than one."
    category = "convergence"
    difficulty = "medium"
    telling = r"non-?linear|activat|re-?lu|gelu|tanh|sigmoid|squash"

    interview = (
        Question(
            "Show that two linear layers without an activation are one.",
            "W2(W1 x + b1) + b2 = (W2 W1) x + (W2 b1 + b2): a matrix and a vector again. The rank of W2 W1 is at most "
            "the width between them, which is why a narrow pair is a useful factorisation and a wide one a waste.",
        ),
        Question(
            "Is such a pair ever trained differently from the single layer it equals?",
            "Yes. It represents the same functions, but gradient descent moves through them differently: deep linear "
            "networks have saddle points and an implicit preference for low rank. That is a subject of theory, not a "
            "reason to leave activations out.",
        ),
        Question(
            "Where should no activation stand?",
            "After the last layer when the loss wants scores or unbounded values, at linear bottlenecks, and on the "
            "shortcut of a residual block. A ReLU behind a regression's last layer makes negative targets unreachable.",
        ),
    )
    nudges = (
        "Name the operations between input and output in order. Which are linear?",
        "What is the simplest function that could replace these two layers?",
        "Would a wider hidden layer help this network at all?",
    )

    examples = (
        Example(
            "a layer of its own",
            "net",
            "net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))",
            "net = nn.Sequential(nn.Linear(2, 16), nn.Linear(16, 1))",
        ),
        Example(
            "one of several, a line each",
            "Net.__init__.body#2",
            """
            class Net(nn.Module):
                def __init__(self):
                    self.body = nn.Sequential(
                        nn.Conv2d(3, 8, 3),
                        nn.GELU(),
                        nn.Conv2d(8, 8, 3),
                        nn.BatchNorm2d(8),
                        nn.GELU(),
                        nn.Conv2d(8, 4, 3),
                    )
            """,
            """
            class Net(nn.Module):
                def __init__(self):
                    self.body = nn.Sequential(
                        nn.Conv2d(3, 8, 3),
                        nn.GELU(),
                        nn.Conv2d(8, 8, 3),
                        nn.BatchNorm2d(8),
                        nn.Conv2d(8, 4, 3),
                    )
            """,
        ),
        Example(
            "in forward",
            "Net.forward.relu",
            """
            class Net(nn.Module):
                def forward(self, x):
                    x = F.relu(self.fc1(x))
                    return self.fc2(x)
            """,
            """
            class Net(nn.Module):
                def forward(self, x):
                    x = self.fc1(x)
                    return self.fc2(x)
            """,
        ),
        Example(
            "a method of the tensor",
            "Net.forward.tanh",
            """
            class Net(nn.Module):
                def forward(self, x):
                    return self.out(self.hidden(x).tanh())
            """,
            """
            class Net(nn.Module):
                def forward(self, x):
                    return self.out(self.hidden(x))
            """,
        ),
    )
    untouched = (
        "net = nn.Sequential(nn.Linear(2, 16), nn.ReLU())\n",
        "class Net(nn.Module):\n    def forward(self, x):\n        return torch.relu(x + self.block(x))\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Take an activation out of a Sequential, or off the output of a layer in `forward`."""
        for spot in script.of(cst.Call):
            call = spot.node
            assert isinstance(call, cst.Call)
            if called(call) == "Sequential":
                name = next(iter(assigned_names(spot)), "Sequential") or "Sequential"
                for argument in _between_layers(call):
                    yield Break(spot.scope, name, argument, {call: by(without_argument(call, argument))})
            elif spot.scope.endswith(".forward") and called(call) in _FUNCTIONS and not _is_gate(spot):
                given = _activated(call)
                if given is not None:
                    yield Break(spot.scope, called(call), call, {call: by(given)})


def _between_layers(call: cst.Call) -> Iterator[cst.Arg]:
    """The activations with a layer on both sides."""
    names = [called(arg.value) for arg in call.args]
    for index, argument in enumerate(call.args):
        if names[index] in _LAYERS:
            before = [name for name in names[:index] if name not in _IDLE]
            after = [name for name in names[index + 1 :] if name not in _IDLE]
            if before and after and before[-1] in _AFFINE and after[0] in _AFFINE:
                yield argument


def _activated(call: cst.Call) -> cst.BaseExpression | None:
    """`self.fc(x)` for `F.relu(self.fc(x))` and `self.fc(x).relu()`; None when something else is activated."""
    method = receiver(call, *_FUNCTIONS)
    given: cst.BaseExpression | None = method if isinstance(method, cst.Call) and not call.args else None
    if given is None and call.args and call.args[0].keyword is None:
        given = call.args[0].value
    if isinstance(given, cst.Call) and isinstance(given.func, cst.Attribute):
        owner = given.func.value
        if isinstance(owner, cst.Name) and owner.value == "self":
            return given
    return None


def _is_gate(spot: Spot) -> bool:
    """Whether the result multiplies something, or is what `forward` returns."""
    return isinstance(spot.ancestors[-1], (cst.BinaryOperation, cst.Return))
