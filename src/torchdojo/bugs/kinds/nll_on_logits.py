"""Negative log-likelihood is given scores or probabilities instead of log-probabilities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from torchdojo.bugs.edits import Edits, by, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.losses import loss_calls
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import (
    argument,
    assigned_names,
    called,
    dotted,
    expression,
    only_statement,
    receiver,
    without_argument,
)

_FUNCTIONS = frozenset({"nll_loss"})
_CLASSES = frozenset({"NLLLoss"})


class NllOnLogits(BugKind):
    """
    ## What it does
    `nll_loss` is handed the model's raw scores, or probabilities. It expects log-probabilities and computes no
    softmax and no logarithm: it only picks the entry of the target class in each row and changes its sign.

    ## Why it is bad
    Nothing ties the classes of a row together any more. With raw scores the loss is minus the score of the right
    class, which can be lowered without end by making *every* score larger: there is nothing to lose at the wrong
    classes. With probabilities the loss is minus the probability, a bounded quantity whose gradient vanishes where
    the model is confidently wrong.

    ## Symptoms
    - With raw scores the loss is negative and falls without end. In a small experiment with five classes it stood at
      -107 after 50 steps and at -3425 after 200, with an accuracy of 18 %: the sound version had 100 %.
    - With probabilities the loss begins at about -1/C and creeps towards -1. On easy data the accuracy is fine, so
      only the sign of the loss tells.
    - A negative value of a loss that is called a negative log-likelihood of classes is always a sign: the log of a
      probability is never above zero.

    ## How to find it
    Exponentiate a row of what enters the loss and add it up: it has to give 1. Or read the first value of the loss:
    with C classes and a fresh model it should be near log C.

    ## Fix
    Put `log_softmax(dim=1)` in front of `nll_loss`, or replace it by `cross_entropy`, which does both. Not the log of
    a softmax in two steps: it loses precision and may take the log of zero.

    ## Correct code that looks like it
    - `log_softmax` anywhere in the model and `nll_loss` on its output.
    - Energies with an explicit partition term: `nll_loss(e, y) + logsumexp(e, 1).mean()` is cross-entropy in two parts.
    - A focal loss that weights log-probabilities before `nll_loss`.
    - `log(p + eps)` with probabilities p: the sums are a little above 1.

    ## References
    - [NLLLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html): "the input given through a
      forward call is expected to contain log-probabilities of each class"
    """

    slug = "nll-on-logits"
    title = "NLL loss without log-softmax"
    summary = "nll_loss gets scores or probabilities: it picks numbers and changes signs, nothing more."
    category = "convergence"
    difficulty = "medium"
    telling = r"log_?-?softmax|log-?prob|softmax|\blogits?\b|normali[sz]ed|probabilit"

    interview = (
        Question(
            "What does `nll_loss` compute, exactly?",
            "For each row the entry of its first argument at the target class, negated; then the mean, or the mean "
            "weighted by class weights. The name is a promise about the input: only if the input holds log-"
            "probabilities is the result a negative log-likelihood. Cross-entropy is log_softmax followed by it.",
        ),
        Question(
            "A classifier's loss goes to minus infinity. What do you suspect first?",
            "That the loss is not bounded below, so that something is not normalised: nll_loss on raw scores, a "
            "forgotten log-partition term, a sign error, or a density (not a probability) whose variance can shrink. "
            "For classes the log-likelihood cannot be positive, so a negative loss is proof.",
        ),
        Question(
            "Why is log_softmax better than log(softmax(z))?",
            "It subtracts the log of the sum of exponentials, computed after subtracting the maximum: nothing "
            "overflows and no probability is rounded to zero before the logarithm. In float32 softmax underflows to "
            "0 at a difference of about 104, and its log is then -inf, its gradient NaN.",
        ),
    )
    nudges = (
        "Which sign should the negative logarithm of a probability have?",
        "What happens to this loss when every score grows by one?",
        "Which of the two steps of cross-entropy does this loss function do, and who does the other?",
    )

    examples = (
        Example(
            "a call in the loss's line",
            "train.log_softmax",
            """
            def train(net, batches, optimizer):
                for x, y in batches:
                    loss = F.nll_loss(F.log_softmax(net(x), dim=1), y)
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
            """,
            """
            def train(net, batches, optimizer):
                for x, y in batches:
                    loss = F.nll_loss(net(x), y)
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
            """,
        ),
        Example(
            "the last layer of a model",
            "Digits.__init__.layers",
            """
            class Digits(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.layers = nn.Sequential(nn.Linear(64, 10), nn.LogSoftmax(dim=1))

                def forward(self, x):
                    return self.layers(x)


            criterion = nn.NLLLoss()
            """,
            """
            class Digits(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.layers = nn.Sequential(nn.Linear(64, 10))

                def forward(self, x):
                    return self.layers(x)


            criterion = nn.NLLLoss()
            """,
        ),
        Example(
            "a method on what is returned",
            "Model.forward.log_softmax",
            """
            class Model(nn.Module):
                def forward(self, tokens):
                    hidden, _ = self.rnn(self.embed(tokens))
                    return self.out(hidden[:, -1]).log_softmax(-1)


            loss_fn = nn.NLLLoss(reduction="mean")
            """,
            """
            class Model(nn.Module):
                def forward(self, tokens):
                    hidden, _ = self.rnn(self.embed(tokens))
                    return self.out(hidden[:, -1])


            loss_fn = nn.NLLLoss(reduction="mean")
            """,
        ),
        Example(
            "a statement of its own",
            "loss_of.log_softmax",
            """
            def loss_of(scores, labels):
                scores = torch.log_softmax(scores, dim=1)
                return nll_loss(scores, labels)
            """,
            """
            def loss_of(scores, labels):
                return nll_loss(scores, labels)
            """,
        ),
        Example(
            "cross-entropy in two parts",
            "step.nll_loss",
            """
            def step(net, x, y):
                log_probs = net(x)
                return F.nll_loss(log_probs, y, weight=WEIGHTS)
            """,
            """
            def step(net, x, y):
                log_probs = net(x)
                return F.nll_loss(log_probs.exp(), y, weight=WEIGHTS)
            """,
        ),
    )
    untouched = (
        "loss = F.cross_entropy(net(x), y)\n",
        "q = F.log_softmax(net(x), dim=1)\nloss = F.kl_div(q, p, reduction='batchmean')\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Take out a log-softmax, or undo it in front of the loss."""
        losses = list(loss_calls(script, _FUNCTIONS, _CLASSES))
        if not losses and not any(called(spot.node) in _CLASSES for spot in script.of(cst.Call)):
            return
        found = False
        for spot in script.of(cst.Call):
            node = spot.node
            assert isinstance(node, cst.Call)
            if called(node) == "Sequential" and node.args and called(node.args[-1].value) == "LogSoftmax":
                found = True
                place: tuple[str, str, cst.CSTNode] = (
                    spot.scope,
                    next(iter(assigned_names(spot)), "Sequential"),
                    node,
                )
                if len(node.args) > 1:
                    yield Break(*place, {node: by(without_argument(node, node.args[-1]))})
            elif called(node) == "log_softmax" and (scores := _scores(node)) is not None:
                found = True
                yield Break(spot.scope, "log_softmax", node, _without(script, node, scores))
        if not found:
            for spot, call in losses:
                given = argument(call, 0, "input")
                if given is not None and isinstance(given.value, cst.Name):
                    edit = by(expression(f"{script.code(given.value)}.exp()"))
                    yield Break(spot.scope, called(call), call, {given.value: edit})


def _scores(call: cst.Call) -> cst.BaseExpression | None:
    """What the log-softmax is taken of, for `F.log_softmax(z, ...)` and `z.log_softmax(...)`."""
    front = receiver(call, "log_softmax")
    if front is not None and dotted(front) not in ("F", "torch", "functional", "nn.functional", "torch.nn.functional"):
        return front
    given = argument(call, 0, "input")
    return None if given is None else given.value


def _without(script: Script, call: cst.Call, scores: cst.BaseExpression) -> Edits:
    """Put the scores in place of the call; a statement that then says nothing goes."""
    for block in script.blocks:
        for index, statement in enumerate(block.statements):
            small = only_statement(statement)
            if isinstance(small, cst.Assign) and small.value is call and _same(small.targets, scores):
                return removal(block.statements, index, telling=NllOnLogits.telling)
    return {call: by(scores)}


def _same(targets: Sequence[cst.AssignTarget], value: cst.BaseExpression) -> bool:
    return len(targets) == 1 and targets[0].target.deep_equals(value)
