"""A flatten or squeeze that takes the axis of the batch along."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.model_code import bound_name, in_model, model_classes
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import called, dotted, keyword, number, receiver


class BatchDimensionMerged(BugKind):
    """
    ## What it does
    A `flatten()`, `view(-1)` or `squeeze()` without an axis also takes in the axis of the batch. `flatten()` joins all
    samples to one long row; `squeeze()` drops the axis of the batch as soon as a batch holds a single sample.

    ## Why it is bad
    Flattening fails at once or, when the next operation happens to fit, mixes samples. Squeezing is worse: it works
    for every batch but one. The script dies in the last, odd batch of an epoch, or when the trained model is asked
    about a single sample, or it goes on with a tensor that broadcasts.

    ## Symptoms
    - "mat1 and mat2 shapes cannot be multiplied (1x4096 and 64x10)", where 4096 is the batch size times 64; for a
      tensor without rows "size mismatch, got input (10), mat (10x64), vec (4096)".
    - A crash at the end of the first epoch, after hundreds of good steps: 97 rows in batches of 16 leave a batch of 1,
      and `binary_cross_entropy_with_logits` gets a target of size 1 and an input of size [].
    - A warning about broadcasting that comes once an epoch.

    ## How to find it
    Run the model on one sample and on two: the outputs must have the same number of axes, and the first must be 1 and
    2. Compute the size of the last batch, `len(data) % batch_size`.

    ## Fix
    Say which axes are meant: `flatten(1)`, `view(x.size(0), -1)`, `squeeze(-1)`, `nn.Flatten()` (which begins at axis 1
    by default). `drop_last=True` hides the problem in training only.

    ## Correct code that looks like it
    - Scores and targets of all tokens flattened together, for a loss: `(B * T, V)` against `(B * T,)`.
    - Several crops per picture, handled as a larger batch and averaged afterwards.
    - Detectors that return as many boxes as they find.

    ## References
    - [torch.squeeze](https://docs.pytorch.org/docs/stable/generated/torch.squeeze.html): "if the tensor has a batch
      dimension of size 1, then squeeze(input) will also remove the batch dimension"
    - [torch.flatten](https://docs.pytorch.org/docs/stable/generated/torch.flatten.html)
    """

    slug = "batch-dimension-merged"
    title = "Batch axis flattened or squeezed away"
    summary = "A flatten or squeeze without an axis takes the axis of the batch along."
    category = "shapes"
    difficulty = "easy-medium"
    telling = r"flatten|squeez|batch (axis|dim)|keep(s|ing)? the batch|trailing|last (axis|dim)"

    interview = (
        Question(
            "Why is `squeeze()` without an argument dangerous in a model?",
            "It removes every axis of size 1, and the batch can be one of them: in the last batch of an epoch or at "
            "inference. Then the output has lost its batch axis and shapes no longer line up, by a crash if you are "
            "lucky and by broadcasting if not. `squeeze(-1)` says what is meant.",
        ),
        Question(
            "What is the difference between `torch.flatten(x)` and `nn.Flatten()(x)`?",
            "The function begins at axis 0 by default and makes one axis of everything. The module begins at axis 1 "
            "and keeps the batch.",
        ),
    )
    nudges = (
        "How many rows go into the model, and how many come out?",
        "What does the model return for a batch of one?",
        "Which axes does this call join or drop? Which should it?",
    )

    examples = (
        Example(
            "flattened before the head",
            "Net.forward.x",
            """
            class Net(nn.Module):
                def forward(self, x):
                    x = torch.flatten(self.conv(x), 1)
                    return self.fc(x)
            """,
            """
            class Net(nn.Module):
                def forward(self, x):
                    x = torch.flatten(self.conv(x))
                    return self.fc(x)
            """,
        ),
        Example(
            "a last axis dropped",
            "Net.forward.return",
            """
            class Net(nn.Module):
                def forward(self, x):
                    return self.fc(x).squeeze(-1)
            """,
            """
            class Net(nn.Module):
                def forward(self, x):
                    return self.fc(x).squeeze()
            """,
        ),
        Example(
            "a view",
            "Net.forward.h",
            """
            class Net(nn.Module):
                def forward(self, x):
                    h = x.view(x.size(0), -1)
                    return self.fc(h)
            """,
            """
            class Net(nn.Module):
                def forward(self, x):
                    h = x.view(-1)
                    return self.fc(h)
            """,
        ),
        Example(
            "a layer",
            "net",
            "net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(16, 2))",
            "net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(0), nn.Linear(16, 2))",
        ),
    )
    untouched = (
        "loss = F.cross_entropy(scores.flatten(0, 1), labels.flatten())\n",
        "class Net(nn.Module):\n    def forward(self, x):\n        return self.fc(x).squeeze()\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Leave the axis out of a model's flatten or squeeze."""
        models = model_classes(script)
        for spot in script.of(cst.Call):
            call = spot.node
            assert isinstance(call, cst.Call)
            layer = called(call) == "Flatten" and not call.args
            if layer or in_model(spot, models):
                new = _without_axis(script, call)
                if new is not None:
                    yield Break(spot.scope, bound_name(spot, called(call)), call, {call: by(new)})


def _without_axis(script: Script, call: cst.Call) -> cst.Call | None:
    if called(call) == "Flatten":
        return call.with_changes(args=[cst.Arg(cst.Integer("0"))]) if not call.args else None
    on_tensor = receiver(call, "flatten", "squeeze", "view", "reshape")
    if on_tensor is None:
        return None
    function = dotted(on_tensor) == "torch"
    given, options = (call.args[:1], call.args[1:]) if function else ((), call.args)
    if called(call) in ("view", "reshape"):
        return _one_axis(script, call) if not function else None
    axis = keyword(call, "start_dim" if called(call) == "flatten" else "dim") or (options[0] if options else None)
    wanted = (1.0,) if called(call) == "flatten" else (1.0, -1.0)
    if axis is None or len(options) != 1 or number(axis.value) not in wanted:
        return None
    return call.with_changes(args=[arg.with_changes(comma=cst.MaybeSentinel.DEFAULT) for arg in given])


def _one_axis(script: Script, call: cst.Call) -> cst.Call | None:
    """`x.view(-1)` for `x.view(x.size(0), -1)`."""
    if len(call.args) != 2 or script.code(call.args[1].value) != "-1":
        return None
    rows = script.code(call.args[0].value)
    if not (rows.endswith((".size(0)", ".shape[0]")) or rows.startswith("len(") or rows in ("b", "B", "n", "batch")):
        return None
    return call.with_changes(args=[call.args[1]])
