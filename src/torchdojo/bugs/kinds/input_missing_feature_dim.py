"""The inputs lack their feature dimension."""

from __future__ import annotations

from collections.abc import Iterator

from torchdojo.bugs.data_shapes import INPUTS, widened
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script


class InputMissingFeatureDim(BugKind):
    """
    ## What it does
    The inputs of a network with one feature have the shape (N,) where (N, 1) is meant. A batch of B numbers then
    arrives as one row with B features.

    ## Why it is bad
    A linear layer works on the last dimension, which has to be its `in_features`. With (B,) it tries to multiply a
    1 x B row by its weights and fails. A batch of exactly one row slips through, because (1,) is a legal input: with
    a batch size of one, or for the last batch of a pass, the mistake stays invisible.

    ## Symptoms
    - `mat1 and mat2 shapes cannot be multiplied (1x32 and 1x16)` in the first forward pass.
    - If the data are in double precision as well, the complaint about the dtype comes first and hides this one.

    ## How to find it
    Print `xb.shape` next to the layer that complains, and read the layer's signature: `Linear(1, 16)` wants (..., 1).

    ## Fix
    Add the dimension where the data are made: `x.unsqueeze(1)`, `x[:, None]` or `x.reshape(-1, 1)`. Doing it in the
    model's `forward` also works, and then holds for every caller.

    ## Correct code that looks like it
    - Integer ids of shape (N,) for an embedding, which adds the last dimension itself.
    - A model that widens its input on purpose.
    - One sample without a batch dimension, of shape (features,), which layers accept.

    ## References
    - [Linear](https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html): input (*, in_features)
    """

    slug = "input-missing-feature-dim"
    title = "Inputs without a feature dimension"
    summary = "A batch of numbers reaches the first layer as one long row."
    category = "correctness"
    difficulty = "easy"
    telling = r"unsqueeze|(feature|missing|last|trailing|extra) dim"

    interview = (
        Question(
            "How do the input (N, 1) and the layer `Linear(1, 16)` fit together?",
            "The weight is stored as (out, in) = (16, 1). The layer computes x @ W.T + b, so (N, 1) times (1, 16) "
            "gives (N, 16), one row for each sample.",
        ),
        Question(
            "Why may the same mistake pass unnoticed with a batch size of one?",
            "A tensor of shape (1,) is a valid unbatched input with one feature, and the output has shape (16,). Only "
            "two or more samples make the shapes clash.",
        ),
    )
    nudges = (
        "What shape does the first layer expect, and what shape does it get?",
        "Which dimension of the input is the batch, and which holds the features?",
    )

    examples = (
        Example(
            "a line of its own",
            "make_data",
            """
            def make_data(n):
                x = torch.linspace(-1, 1, n)
                y = 2 * x
                x = x.unsqueeze(1)  # (N, 1)
                y = y.unsqueeze(1)
                return x, y
            """,
            """
            def make_data(n):
                x = torch.linspace(-1, 1, n)
                y = 2 * x
                y = y.unsqueeze(1)
                return x, y
            """,
        ),
        Example(
            "an index",
            "make_data.x",
            "def make_data(n):\n    x = np.linspace(-1, 1, n)[:, None].astype(np.float32)\n    return x",
            "def make_data(n):\n    x = np.linspace(-1, 1, n).astype(np.float32)\n    return x",
        ),
        Example(
            "a reshape where the data set is built",
            "train.x",
            "def train(x, y):\n    data = TensorDataset(x.reshape(-1, 1), y.reshape(-1, 1))",
            "def train(x, y):\n    data = TensorDataset(x, y.reshape(-1, 1))",
        ),
        Example(
            "both at once",
            "make_data.x",
            "def make_data(x, y):\n    return x[:, np.newaxis], y[:, np.newaxis]",
            "def make_data(x, y):\n    return x, y[:, np.newaxis]",
        ),
        Example(
            "in the model",
            "Net.forward",
            "class Net(nn.Module):\n    def forward(self, x):\n        return self.net(x.view(-1, 1))",
            "class Net(nn.Module):\n    def forward(self, x):\n        return self.net(x)",
        ),
    )
    untouched = ("def f(x, y):\n    y = y.unsqueeze(1)\n    return x.unsqueeze(0), x.reshape(-1, 2), y\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Leave out what adds the last dimension to the inputs."""
        for spot, name, edit in widened(script, INPUTS):
            yield Break(spot.scope, name, spot.node, {spot.node: edit})
