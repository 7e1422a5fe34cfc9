"""Probabilities are fed to a binary loss that takes the sigmoid itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.losses import loss_names
from torchdojo.bugs.outputs import Activation, activations
from torchdojo.bugs.script import Script

_WITH_LOGITS = re.compile(r"binary_cross_entropy_with_logits|BCEWithLogitsLoss")
_FUNCTIONS = frozenset({"binary_cross_entropy_with_logits"})
_CLASSES = frozenset({"BCEWithLogitsLoss"})
_SIGMOID = Activation("sigmoid", "Sigmoid")


class SigmoidBeforeBceWithLogits(BugKind):
    """
    ## What it does
    The model's scores go through a sigmoid and then into binary cross-entropy *with logits*, which applies a sigmoid
    of its own. The sigmoid is taken twice.

    ## Why it is bad
    The loss sees "logits" between 0 and 1, which its own sigmoid turns into probabilities between 0.5 and 0.731. No
    row can be called negative with any confidence: a negative row costs at least log 2 = 0.693, a positive one at
    least log(1 + 1/e) = 0.313. The gradient is multiplied by the slope of the inner sigmoid, at most 1/4, which
    vanishes for confident rows, right or wrong.

    ## Symptoms
    - The loss settles near 0.503 on balanced classes and never falls below it. In a small experiment with Adam it
      stood at 0.514 after 200 steps where the sound version had reached 0.007.
    - With plain SGD the first gradient was a third of the size it should have (0.06 instead of 0.20), and after the
      same 200 steps the scores ranked 68 % of the rows correctly instead of 99 %.
    - Probabilities taken from the model once more (`sigmoid(model(x))`) are never below 0.5: everything is "positive".

    ## How to find it
    Look at the range of what enters the loss. Logits of a trained model are on both sides of zero; numbers that never
    leave [0, 1] have been squashed already. Then look for the sigmoid: the last layer, the return of `forward`, or
    the line of the loss.

    ## Fix
    Let the model return logits, keep `binary_cross_entropy_with_logits`, and take the sigmoid only where a probability
    is read or compared with a threshold. (Or compare the logit with 0.) `binary_cross_entropy` after a sigmoid is
    right as well, but loses precision for large scores.

    ## Correct code that looks like it
    - A sigmoid followed by plain `binary_cross_entropy`.
    - A sigmoid inside the network: a gate, an attention weight, a squeeze-and-excitation block.
    - A sigmoid in the evaluation code only, on its way to a threshold or a report.
    - Soft targets between 0 and 1: it is the first argument that has to be a logit.

    ## References
    - [BCEWithLogitsLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html): "combines a
      Sigmoid layer and the BCELoss in one single class"
    """

    slug = "sigmoid-before-bce-with-logits"
    title = "Sigmoid before BCE with logits"
    summary = "The binary loss gets probabilities where it expects logits: no row can ever count as negative."
    category = "convergence"
    difficulty = "medium"
    telling = r"sigmoid|\blogits?\b|probabilit|squash|\braw scores?"

    interview = (
        Question(
            "Why does BCE with logits exist when one could take the sigmoid and then BCE?",
            "Because the two together can be written as max(z, 0) - z * y + log(1 + exp(-|z|)), which neither "
            "overflows nor takes the log of a number that was rounded to 0 or 1. In float32 sigmoid(z) is exactly 1 "
            "from z of about 17 on, and 1 minus it is 0: its log has to be clamped, and its gradient is lost.",
        ),
        Question(
            "The sigmoid is applied twice. What is the smallest loss you can see, and why?",
            "The outer sigmoid gets numbers in [0, 1] and returns numbers in [0.5, 0.731]. A positive row costs at "
            "least -log 0.731 = 0.313 and a negative one at least -log 0.5 = 0.693, so with a share p of positives "
            "the floor is 0.313 p + 0.693 (1 - p): 0.503 when the classes are balanced.",
        ),
        Question(
            "Does accuracy reveal it?",
            "Often not, when the threshold is applied to the model's own output: the order of the rows survives both "
            "sigmoids, since each is monotone. Everything that needs the probabilities themselves suffers: "
            "calibration, a threshold after yet another sigmoid, and the speed of learning.",
        ),
    )
    nudges = (
        "Which values can the first argument of the loss take?",
        "What is the lowest loss a perfectly classified negative row can have here?",
        "Read the name of the loss once more: what does it do before it takes a logarithm?",
    )

    examples = (
        Example(
            "a last layer",
            "build.net",
            """
            from torch import nn


            def build(width):
                net = nn.Sequential(
                    nn.Linear(8, width),
                    nn.ReLU(),
                    nn.Linear(width, 1),
                )
                return net, nn.BCEWithLogitsLoss()
            """,
            """
            from torch import nn


            def build(width):
                net = nn.Sequential(
                    nn.Linear(8, width),
                    nn.ReLU(),
                    nn.Linear(width, 1),
                    nn.Sigmoid(),
                )
                return net, nn.BCEWithLogitsLoss()
            """,
        ),
        Example(
            "in forward",
            "Tagger.forward",
            """
            class Tagger(nn.Module):
                def forward(self, tokens):
                    pooled = self.embed(tokens).mean(1)
                    return self.out(pooled)


            loss_fn = nn.BCEWithLogitsLoss(reduction="mean")
            """,
            """
            class Tagger(nn.Module):
                def forward(self, tokens):
                    pooled = self.embed(tokens).mean(1)
                    return torch.sigmoid(self.out(pooled))


            loss_fn = nn.BCEWithLogitsLoss(reduction="mean")
            """,
        ),
        Example(
            "at a loss kept by a trainer",
            "Trainer.step.bce",
            """
            class Trainer:
                def __init__(self, model):
                    self.model = model
                    self.bce = nn.BCEWithLogitsLoss()

                def step(self, x, y):
                    scores = self.model(x).squeeze(1)
                    return self.bce(scores, y)  # y: 0.0 or 1.0
            """,
            """
            class Trainer:
                def __init__(self, model):
                    self.model = model
                    self.bce = nn.BCEWithLogitsLoss()

                def step(self, x, y):
                    scores = self.model(x).squeeze(1)
                    return self.bce(torch.sigmoid(scores), y)  # y: 0.0 or 1.0
            """,
        ),
    )
    untouched = (
        "loss = F.binary_cross_entropy(torch.sigmoid(net(x)), y)\n",
        "loss = F.cross_entropy(net(x), y)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Append a sigmoid layer, or wrap what `forward` returns or what the loss is given."""
        if _WITH_LOGITS.search(script.module.code):
            yield from activations(script, _SIGMOID, loss_names(script, _FUNCTIONS, _CLASSES))
