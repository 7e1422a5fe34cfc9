"""Probabilities are fed to a loss that wants logits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.outputs import Activation, activations
from torchdojo.bugs.script import Script

_CROSS_ENTROPY = re.compile(r"cross_?entropy", re.IGNORECASE)
_LOSS_NAMES = {"criterion", "loss_fn", "loss_func", "cross_entropy", "ce_loss", "ce"}
_SOFTMAX = Activation("softmax", "Softmax", "dim=1")


class SoftmaxBeforeCrossEntropy(BugKind):
    """
    ## What it does
    The network ends in a softmax, and its output goes into cross-entropy, which takes the log of a softmax itself.
    The softmax is applied twice.

    ## Why it is bad
    The loss then sees "logits" that all lie between 0 and 1. However sure the network becomes, the second softmax can
    never put more than e / (e + C - 1) on one of C classes, so the loss cannot fall below log(1 + (C - 1) / e): 0.551
    for 3 classes, 1.461 for 10. The gradient passes through both softmaxes and becomes small exactly where it is
    needed, on rows that are confidently wrong.

    ## Symptoms
    - The training loss flattens out at that floor although the accuracy is high. This is the sure sign.
    - Learning is slower. The accuracy may end up the same: on easy data it reaches 98 % and more.
    - The model's probabilities, taken from its "logits", look hesitant everywhere.

    ## How to find it
    Look at what goes into the loss: rows that are never negative and sum to 1 are probabilities, not logits. Or
    compare the loss of a batch that is classified perfectly with zero.

    ## Fix
    Let the network return logits and take the softmax only where probabilities are wanted, for reading or for
    thresholds. `argmax` needs no softmax.

    ## Correct code that looks like it
    - `log_softmax` followed by `nll_loss`: together they are cross-entropy.
    - `log_softmax` before cross-entropy: redundant but harmless, since log-softmax of log-softmax changes nothing.
    - A softmax inside attention, or in the evaluation code only.
    - Class probabilities as the *target* of cross-entropy.

    ## References
    - [CrossEntropyLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html): the input is
      expected to contain unnormalised logits
    """

    slug = "softmax-before-cross-entropy"
    title = "Softmax before cross-entropy"
    summary = "The loss gets probabilities where it expects logits: it has a floor, and its gradients fade."
    category = "convergence"
    difficulty = "medium-hard"
    telling = r"soft-?max|\blogits?\b|probabilit|unnormali[sz]ed|\braw scores?"

    interview = (
        Question(
            "What does cross-entropy compute from its input?",
            "The log-softmax over the class axis, then the negative entry of the target class, averaged over rows. "
            "The target is a class index per row, or a distribution over classes.",
        ),
        Question(
            "How does the gradient differ from that of the plain loss?",
            "Plain cross-entropy has the gradient p - y at the logits, close to 1 for a confidently wrong row. With "
            "the extra softmax it is multiplied by that softmax's Jacobian, whose entries p_i(1 - p_i) and -p_i p_j "
            "vanish as the softmax saturates: the worst rows learn the least.",
        ),
        Question(
            "How would you catch it in a code base where you cannot read every model?",
            "Check the input of the loss at run time: if every row is non-negative and sums to one, warn. A loss "
            "floor near log(1 + (C - 1) / e) in the dashboards is the same evidence from outside.",
        ),
    )
    nudges = (
        "What range do the values have that go into the loss?",
        "How small can this loss become if every row is classified perfectly?",
        "What does the loss function do to its input before it takes a logarithm?",
    )

    examples = (
        Example(
            "a last layer of the head",
            "Net.head",
            """
            import torch.nn as nn


            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.body = nn.Sequential(nn.Linear(2, 8), nn.ReLU())
                    self.head = nn.Sequential(
                        nn.Linear(8, 8),
                        nn.ReLU(),
                        nn.Linear(8, 3),
                    )

                def forward(self, x):
                    h = self.body(x)
                    y = self.head(h)
                    return y.flatten(1)


            criterion = nn.CrossEntropyLoss()
            """,
            """
            import torch.nn as nn


            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.body = nn.Sequential(nn.Linear(2, 8), nn.ReLU())
                    self.head = nn.Sequential(
                        nn.Linear(8, 8),
                        nn.ReLU(),
                        nn.Linear(8, 3),
                        nn.Softmax(dim=1),
                    )

                def forward(self, x):
                    h = self.body(x)
                    y = self.head(h)
                    return y.flatten(1)


            criterion = nn.CrossEntropyLoss()
            """,
        ),
        Example(
            "in forward",
            "Net.forward",
            """
            import torch.nn.functional as F


            class Net(nn.Module):
                def forward(self, x):
                    x = F.relu(self.fc1(x))
                    return self.fc2(x)  # (B, 3)


            criterion = nn.CrossEntropyLoss()
            """,
            """
            import torch.nn.functional as F


            class Net(nn.Module):
                def forward(self, x):
                    x = F.relu(self.fc1(x))
                    return F.softmax(self.fc2(x), dim=1)  # (B, 3)


            criterion = nn.CrossEntropyLoss()
            """,
        ),
        Example(
            "at the loss",
            "train",
            """
            def train(model, loader):
                for x, y in loader:
                    loss = F.cross_entropy(model(x), y, label_smoothing=0.1)
                    loss.backward()
            """,
            """
            def train(model, loader):
                for x, y in loader:
                    loss = F.cross_entropy(torch.softmax(model(x), dim=1), y, label_smoothing=0.1)
                    loss.backward()
            """,
        ),
        Example(
            "a model on one line",
            "build.model",
            """
            def build():
                model = torch.nn.Sequential(torch.nn.Linear(2, 3))
                return model, CrossEntropyLoss()
            """,
            """
            def build():
                model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Softmax(dim=1))
                return model, CrossEntropyLoss()
            """,
        ),
    )
    untouched = (
        "net = nn.Sequential(nn.Linear(2, 3), nn.LogSoftmax(dim=1))\nloss = F.nll_loss(net(x), y)\n",
        "net = nn.Sequential(nn.ReLU(), nn.Linear(2, 1))\nloss = criterion(net(x), y)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Append a softmax layer, or wrap what `forward` returns or what the loss is given."""
        if _CROSS_ENTROPY.search(script.module.code):
            yield from activations(script, _SOFTMAX, _LOSS_NAMES)
