"""The loss is computed from values that have left the graph."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edit, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.losses import loss_calls, predictions
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import bare_call, called, dotted, expression, only_statement, receiver

_FUNCTIONS = frozenset(
    {
        "cross_entropy",
        "nll_loss",
        "mse_loss",
        "l1_loss",
        "smooth_l1_loss",
        "huber_loss",
        "binary_cross_entropy",
        "binary_cross_entropy_with_logits",
        "kl_div",
    }
)
_CLASSES = frozenset(
    {
        "CrossEntropyLoss",
        "NLLLoss",
        "MSELoss",
        "L1Loss",
        "SmoothL1Loss",
        "HuberLoss",
        "BCELoss",
        "BCEWithLogitsLoss",
        "KLDivLoss",
    }
)


class LossCutFromOutputs(BugKind):
    """
    ## What it does
    Between the model's outputs and the loss something leaves the graph: `.detach()`, `.data`, `.item()`, a trip
    through NumPy, `torch.tensor(outputs)`, an `argmax`. The loss is a number that no longer knows how it was made.

    ## Why it is bad
    Without a way back to the parameters there are no gradients. torch refuses to call `backward()` on such a loss,
    and that is the lucky case. The usual "repair", to set `requires_grad` on the detached tensor, silences the error
    and nothing else: backward ends at the new leaf, every parameter's gradient stays `None`, and the optimizer skips
    them all without a word.

    ## Symptoms
    - `RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn`.
    - `AttributeError: 'float' object has no attribute 'backward'` after `.item()`.
    - Or no error at all: the loss stays what it was at the start but for the noise of the batches, to the last digit
      in full-batch training, and `p.grad` is `None` for every parameter. Weights before and after training are equal.

    ## How to find it
    Print `loss.grad_fn` and `outputs.grad_fn`: where the chain of `grad_fn` ends is where the graph was cut. After
    the first `backward()` some parameter must have a gradient: assert it.

    ## Fix
    Compute the loss from the tensor that the model returned. Detach copies for logging, metrics and plots, after the
    loss. A decision such as `argmax` has no useful gradient: the loss has to see the scores.

    ## Correct code that looks like it
    - `loss.detach()` or `loss.item()` for a log, the loss itself for `backward()`.
    - The outputs of a teacher, of a target network or of a generator in the discriminator's step, detached on purpose.
    - The straight-through estimator: `hard + soft - soft.detach()` keeps a way back through `soft`.
    - REINFORCE: the action has no gradient, its log-probability has.

    ## References
    - [Tensor.detach](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.detach.html): "the result will never
      require gradient"
    - [Autograd mechanics](https://docs.pytorch.org/docs/stable/notes/autograd.html)
    """

    slug = "loss-cut-from-outputs"
    title = "Loss cut off from the model"
    summary = "The loss is computed from detached values: backward has no way to the parameters."
    category = "correctness"
    difficulty = "easy-medium"
    telling = r"detach|requires_?grad|autograd|\bgraph\b|gradients? (flow|reach|stop)"

    interview = (
        Question(
            "`loss.backward()` raises that element 0 does not require grad. Which causes do you go through?",
            "The loss was computed from values outside the graph (detach, data, item, NumPy, torch.tensor of a "
            "tensor, argmax or a comparison); or the forward pass ran under no_grad or inference_mode; or no "
            "parameter requires grad, because everything was frozen. `grad_fn` along the way tells them apart.",
        ),
        Question(
            "A colleague adds `loss.requires_grad_()` and the error is gone. What happens now?",
            "The loss becomes a leaf of its own. backward() puts a 1 into loss.grad and stops. No parameter gets a "
            "gradient, and optimizers skip parameters whose gradient is None, so that training runs to its end "
            "without changing a single weight.",
        ),
        Question(
            "How do you train through a decision that has no gradient?",
            "Replace its backward: straight-through estimators pass the gradient on as if the decision were the "
            "identity; Gumbel-softmax uses a smooth relaxation; score-function estimators (REINFORCE) weigh the "
            "gradient of the log-probability of the choice with its reward. Or choose a loss on the scores.",
        ),
    )
    nudges = (
        "Which parameters have a gradient after the first backward pass?",
        "Walk back from the loss by `grad_fn`: how far do you get?",
        "Compare a weight before and after one step of the optimizer.",
    )

    examples = (
        Example(
            "at the loss",
            "train.cross_entropy",
            """
            def train(model, loader, optimizer):
                for x, y in loader:
                    optimizer.zero_grad()
                    logits = model(x)
                    loss = F.cross_entropy(logits, y)
                    loss.backward()
                    optimizer.step()
            """,
            """
            def train(model, loader, optimizer):
                for x, y in loader:
                    optimizer.zero_grad()
                    logits = model(x)
                    loss = F.cross_entropy(logits.detach(), y)
                    loss.backward()
                    optimizer.step()
            """,
        ),
        Example(
            "a new leaf in a trainer",
            "Trainer.step.prediction",
            """
            class Trainer:
                def step(self, x, y):
                    prediction = self.model(x)
                    loss = self.criterion(prediction, y)
                    loss.backward()

                criterion = nn.MSELoss()
            """,
            """
            class Trainer:
                def step(self, x, y):
                    prediction = self.model(x)
                    loss = self.criterion(prediction.detach().requires_grad_(), y)
                    loss.backward()

                criterion = nn.MSELoss()
            """,
        ),
        Example(
            "a loss by hand",
            "fit.loss",
            """
            def fit(net, x, y, opt):
                loss = (net(x) - y).abs().mean()
                opt.zero_grad()
                loss.backward()
                opt.step()
            """,
            """
            def fit(net, x, y, opt):
                loss = (net(x) - y).abs().mean().item()
                opt.zero_grad()
                loss.backward()
                opt.step()
            """,
        ),
    )
    untouched = (
        "with torch.no_grad():\n    score = (net(x).argmax(1) == y).float().mean()\n",
        "total += loss.item()\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Detach what a loss is given, make it a leaf, or take the number out of a loss that has a backward pass."""
        for spot, call in loss_calls(script, _FUNCTIONS, _CLASSES):
            given = predictions(call)
            if given is None or not isinstance(given.value, (cst.Name, cst.Call, cst.Attribute, cst.Subscript)):
                continue
            code = script.code(given.value)
            cut: dict[cst.CSTNode, Edit] = {given.value: by(expression(f"{code}.detach()"))}
            yield Break(spot.scope, called(call), call, cut)
            name = dotted(given.value).rpartition(".")[2] or f"{called(given.value) or 'outputs'}_output"
            leaf: dict[cst.CSTNode, Edit] = {given.value: by(expression(f"{code}.detach().requires_grad_()"))}
            yield Break(spot.scope, name, call, leaf)
        for block in script.blocks:
            run = [bare_call(statement) for statement in block.statements]
            losses = {dotted(front) for call in run if call is not None and (front := receiver(call, "backward"))}
            for statement in block.statements:
                small = only_statement(statement)
                if isinstance(small, cst.Assign) and len(small.targets) == 1:
                    name = dotted(small.targets[0].target)
                    if name in losses and _is_reduced(small.value):
                        edit = by(expression(f"{script.code(small.value)}.item()"))
                        yield Break(block.scope, name, statement, {small.value: edit})


def _is_reduced(node: cst.BaseExpression) -> bool:
    """Whether the expression ends in a reduction, so that a method may follow."""
    return receiver(node, "mean", "sum") is not None
