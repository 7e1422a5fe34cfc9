"""An average of the weights that is never updated, or with its decay the wrong way round."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edits, by, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import bare_call, called, dotted, receiver

_AVERAGE = re.compile(r"ema|averag|shadow|swa", re.IGNORECASE)
_UPDATE = re.compile(r"update|follow|accumulate|blend", re.IGNORECASE)


class EmaNeverUpdated(BugKind):
    """
    ## What it does
    A second set of weights, an exponential moving average of the first, is built at the beginning and used for the
    evaluation. The call that moves it after each step is missing, so it stays the untrained model. The other way to
    the same end: the decay stands at the wrong factor, the average takes 99.9 percent of the newest weights each time,
    and is the model itself with another name.

    ## Why it is bad
    An average that never moves makes a good run look like one that learns nothing, and the file that is kept holds
    random weights. The inverted one is harder to see: everything works, only the smoothing that was paid for with
    memory and code does not take place.

    ## Symptoms
    - The figures of the evaluation are the same in every epoch, to the last digit, while the training loss falls.
      In a small classifier the average had an accuracy of 0.30 after each of five epochs, where 0.99 was possible.
    - With inverted decay, figures with and without the average agree to three or four digits.

    ## How to find it
    Measure both sets of weights on the same rows. And print the distance between them: it has to be 0 at first, to
    grow while the model moves, and to shrink when it settles.

    ## Fix
    Update right after `optimizer.step()`, under `no_grad`: `ema.mul_(decay).add_(p, alpha=1 - decay)`, or
    `ema.lerp_(p, 1 - decay)`, with a decay near 1. Copy the buffers, or gather batch statistics anew.

    ## Correct code that looks like it
    - An average that begins late: until then it is a plain copy of the model.
    - A frozen reference on purpose: the teacher of a distillation, the reference policy of a preference optimisation,
      a target network that is replaced now and then.
    - A copy of the weights that is loaded anew before each evaluation.

    ## References
    - [torch.optim.swa_utils](https://docs.pytorch.org/docs/stable/optim.html): AveragedModel and get_ema_multi_avg_fn
    - [Tensor.lerp_](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.lerp.html)
    """

    slug = "ema-never-updated"
    title = "Average that never moves"
    summary = "Averaged weights are evaluated, but no step updates them, or the decay is the wrong way round."
    category = "evaluation"
    difficulty = "medium"
    telling = (
        r"(update|move|follow)\w*\W+(\w+\W+){0,4}(ema|averag\w*|shadow)"
        r"|(ema|average|shadow)\W+(\w+\W+){0,3}(follow|trail|move|update)"
    )

    interview = (
        Question(
            "How do you choose the decay of a moving average of weights?",
            "By its memory, about 1 / (1 - decay) steps: 0.999 remembers a thousand. It should be a small part of the "
            "run. Early on a fixed large decay would hold on to the random beginning, which is why many start with "
            "min(decay, (1 + t) / (10 + t)) or begin late.",
        ),
        Question(
            "What about the buffers of the averaged model?",
            "Averaging parameters says nothing about running statistics. Either copy the buffers of the live model at "
            "each update, or average them as well, or pass the training data through once with `update_bn`. With "
            "statistics that do not fit, an averaged model can be worse than either.",
        ),
    )
    nudges = (
        "Which weights does the evaluation use, and which line changes them?",
        "How far apart are the two sets of weights after an epoch?",
        "Put a decay of 1 into the formula. What should then happen, and what does?",
    )

    examples = (
        Example(
            "a method after the step",
            "train.ema",
            """
            def train(model, ema, loader, optimizer):
                for x, y in loader:
                    loss_of(model, x, y).backward()
                    optimizer.step()
                    ema.update(model)
                    optimizer.zero_grad()
            """,
            """
            def train(model, ema, loader, optimizer):
                for x, y in loader:
                    loss_of(model, x, y).backward()
                    optimizer.step()
                    optimizer.zero_grad()
            """,
        ),
        Example(
            "the library's averaged model",
            "Trainer.step.self.averaged",
            """
            class Trainer:
                def step(self, x, y):
                    self.backward(x, y)
                    self.optimizer.step()
                    self.averaged.update_parameters(self.net)
            """,
            """
            class Trainer:
                def step(self, x, y):
                    self.backward(x, y)
                    self.optimizer.step()
            """,
        ),
        Example(
            "the decay the wrong way round",
            "blend.lerp_",
            """
            @torch.no_grad()
            def blend(shadow, model, decay):
                for s, p in zip(shadow.parameters(), model.parameters()):
                    s.lerp_(p, 1 - decay)
            """,
            """
            @torch.no_grad()
            def blend(shadow, model, decay):
                for s, p in zip(shadow.parameters(), model.parameters()):
                    s.lerp_(p, decay)
            """,
        ),
        Example(
            "two factors exchanged",
            "EMA.update.add_",
            """
            class EMA:
                def update(self, model):
                    for e, p in zip(self.weights, model.parameters()):
                        e.mul_(self.decay).add_(p.detach(), alpha=1 - self.decay)
            """,
            """
            class EMA:
                def update(self, model):
                    for e, p in zip(self.weights, model.parameters()):
                        e.mul_(1 - self.decay).add_(p.detach(), alpha=self.decay)
            """,
        ),
    )
    untouched = (
        "metrics.update(loss.item())\nbar.update(1)\n",
        "x.mul_(2).add_(y, alpha=3)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Take out the call that updates the average, or exchange the factors."""
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                call = bare_call(statement)
                name = "" if call is None else _updated(call)
                if name:
                    yield Break(block.scope, name, statement, removal(block.statements, index, telling=self.telling))
        for spot in script.of(cst.Call):
            assert isinstance(spot.node, cst.Call)
            edits = _exchanged(spot.node)
            if edits is not None:
                yield Break(spot.scope, called(spot.node), spot.node, edits)


def _updated(call: cst.Call) -> str:
    """The average that the call updates, "" when it updates none."""
    if isinstance(call.func, cst.Attribute):
        owner = dotted(call.func.value)
        return owner if _AVERAGE.search(owner.rpartition(".")[2]) and _UPDATE.search(called(call)) else ""
    name = called(call)
    return name if _AVERAGE.search(name) and _UPDATE.search(name) else ""


def _exchanged(call: cst.Call) -> Edits | None:
    if called(call) == "lerp_" and len(call.args) == 2:
        rest = _rest(call.args[1].value)
        return None if rest is None else {call.args[1].value: by(rest)}
    inner = receiver(call, "add_")
    if inner is None or called(inner) != "mul_" or not isinstance(inner, cst.Call) or len(call.args) != 2:
        return None
    decay, share = inner.args[0].value, call.args[1].value
    rest = _rest(share)
    if rest is None or not rest.deep_equals(decay):
        return None
    return {decay: by(share), share: by(decay)}


def _rest(node: cst.BaseExpression) -> cst.BaseExpression | None:
    """`d` of `1 - d`."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Subtract):
        one = node.left
        if isinstance(one, (cst.Integer, cst.Float)) and float(one.evaluated_value) == 1.0:
            return node.right
    return None
