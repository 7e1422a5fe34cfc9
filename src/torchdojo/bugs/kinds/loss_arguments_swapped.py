"""A loss is called with targets first and predictions second."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edit, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.losses import loss_calls, predictions, targets
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import called

_FUNCTIONS = frozenset({"binary_cross_entropy_with_logits", "cross_entropy", "nll_loss", "poisson_nll_loss"})
_CLASSES = frozenset({"BCEWithLogitsLoss", "CrossEntropyLoss", "NLLLoss", "PoissonNLLLoss"})


class LossArgumentsSwapped(BugKind):
    """
    ## What it does
    A loss is called as `loss(targets, predictions)`. torch's losses take what the model says first and what is true
    second; several other libraries have it the other way round.

    ## Why it is bad
    Squared and absolute errors do not mind. All other losses treat their arguments differently: cross-entropy takes
    the log-softmax of the first and looks up the second, binary cross-entropy with logits takes the sigmoid of the
    first, Poisson likelihood its exponential. Exchanged, they compute another formula, one that is linear in the
    predictions and has no minimum.

    ## Symptoms
    - Cross-entropy with class indices raises an error: "0D or 1D target tensor expected, multi-target not supported",
      or "not implemented for 'Long'".
    - Binary cross-entropy with logits runs, and its loss falls without end: from 0.89 to -132 in 200 steps of a small
      experiment, with an accuracy of 48 %, where the sound version reached 0.02 and 100 %. Poisson likelihood the
      same: -131.
    - A negative loss where none can be negative.

    ## How to find it
    Look at `requires_grad` of both arguments: it belongs to the first. Or name the arguments in the call.

    ## Fix
    `loss(predictions, targets)`. Where it is easily confused write `loss(input=logits, target=labels)`.

    ## Correct code that looks like it
    - `mse_loss(target, prediction)`: unusual, but the same value and the same gradient.
    - Two networks that are compared, where gradients flow through the second argument or through both.
    - `kl_div`, whose arguments have a kind of bug of their own.
    - Losses of other libraries, such as scikit-learn's metrics, which take the truth first.

    ## References
    - [BCEWithLogitsLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html): shapes and
      order of input and target
    """

    slug = "loss-arguments-swapped"
    title = "Predictions and targets swapped"
    summary = "The loss gets targets first and predictions second: another formula, often without a minimum."
    category = "correctness"
    difficulty = "easy-medium"
    telling = r"\border\b|argument|swap|predictions? first|targets? (first|second)"

    interview = (
        Question(
            "For which losses does the order of the arguments not matter, and why?",
            "For those that depend on the difference through an even function: squared, absolute, Huber. Value and "
            "gradient with respect to the prediction are the same. All that come from a likelihood treat the first as "
            "parameters and the second as data, and change when the two are exchanged.",
        ),
        Question(
            "What does BCE with logits compute when its arguments are exchanged?",
            "softplus(y) - y * z with labels y in the place of the logit and scores z in the place of the label. The "
            "first term is constant, the second is linear in z: the loss is lowered without end by raising z where y "
            "is 1, and rows with y = 0 have no gradient at all.",
        ),
    )
    nudges = (
        "Which of the loss's two arguments requires grad?",
        "Can this loss be negative? Is it?",
        "Look up the order of the arguments.",
    )

    examples = (
        Example(
            "a function",
            "train.binary_cross_entropy_with_logits",
            """
            def train(net, x, y):
                logits = net(x).squeeze(1)
                loss = F.binary_cross_entropy_with_logits(logits, y, pos_weight=w)
                loss.backward()
            """,
            """
            def train(net, x, y):
                logits = net(x).squeeze(1)
                loss = F.binary_cross_entropy_with_logits(y, logits, pos_weight=w)
                loss.backward()
            """,
        ),
        Example(
            "an object",
            "Trainer.step.criterion",
            """
            class Trainer:
                criterion = nn.CrossEntropyLoss()

                def step(self, x, y):
                    return self.criterion(self.model(x), y)
            """,
            """
            class Trainer:
                criterion = nn.CrossEntropyLoss()

                def step(self, x, y):
                    return self.criterion(y, self.model(x))
            """,
        ),
        Example(
            "counts",
            "loss",
            """
            loss = nn.PoissonNLLLoss()
            value = loss(rates(x), counts)
            """,
            """
            loss = nn.PoissonNLLLoss()
            value = loss(counts, rates(x))
            """,
        ),
    )
    untouched = (
        "loss = F.mse_loss(net(x), y)\n",
        "loss = F.cross_entropy(input=net(x), target=y)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Exchange the first two arguments of a loss."""
        for spot, call in loss_calls(script, _FUNCTIONS, _CLASSES):
            given, wanted = predictions(call), targets(call)
            if given is not None and wanted is not None and given.keyword is None and wanted.keyword is None:
                exchanged: dict[cst.CSTNode, Edit] = {given.value: by(wanted.value), wanted.value: by(given.value)}
                yield Break(spot.scope, called(call), call, exchanged)
