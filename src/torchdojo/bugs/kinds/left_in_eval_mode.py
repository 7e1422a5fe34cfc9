"""After the first evaluation the model stays in eval mode while training goes on."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import bare_call, called, dotted, receiver


class LeftInEvalMode(BugKind):
    """
    ## What it does
    The evaluation switches the model to eval mode and nothing switches it back. From the second epoch on dropout drops
    nothing and batch norm normalises by its running statistics, which no longer move.

    ## Why it is bad
    The regularisation that was chosen is gone after one epoch, so a model that can overfit will. Batch norm turns into
    a fixed linear map: activations are no longer kept in range while the weights below it go on changing, and its
    statistics describe the network of the first epoch for ever.

    ## Symptoms
    - The training loss drops noticeably from the first to the second epoch, since dropout is gone. It looks like good
      news.
    - `model.training` is False inside the training loop.
    - In a small classifier with dropout 0.5 the training loss after eight epochs was 0.05 instead of 0.28, while the
      loss on held-out rows was 0.53 instead of 0.45.
    - `num_batches_tracked` of a batch norm stops growing after the first epoch.

    ## How to find it
    Assert `model.training` at the first line of the training step. In a debugger, compare the mode at the first batch
    of the first and of the second epoch: the first one is right, which is why a look at the first batch shows nothing.

    ## Fix
    `model.train()` at the beginning of each training epoch, or at the end of the function that evaluates. The first is
    safer, because it does not trust anyone. A helper that evaluates should remember the mode and restore it.

    ## Correct code that looks like it
    - Fine-tuning with frozen batch norm, where single layers, or the whole model, stay in eval mode on purpose.
    - Reinforcement learning with a policy that acts and learns in eval mode.
    - Adversarial examples and saliency maps: a backward pass in eval mode without an update.

    ## References
    - [Module.train](https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.train)
    - [Dropout](https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html)
    """

    slug = "left-in-eval-mode"
    title = "Training in eval mode"
    summary = "From the second epoch on the model trains without dropout and with frozen batch norm."
    category = "evaluation"
    difficulty = "medium"
    telling = (
        r"(train|training) mode|mode\W+(\w+\W+){0,3}(back|train|switch)|(back|switch)\W+(\w+\W+){0,3}(train|mode)"
        r"|dropout\W+(\w+\W+){0,2}(on|active|again)"
    )

    interview = (
        Question(
            "Where should `model.train()` be called, and why there?",
            "At the top of every training epoch. It is idempotent and costs nothing, and the loop then does not depend "
            "on what the evaluation, a callback or a sampling function did to the model in between. A single call "
            "before the loop is right only as long as nobody ever calls `eval()`.",
        ),
        Question(
            "Your training loss improves suddenly after the first validation. What do you check first?",
            "Whether the model came back to train mode: without dropout the same weights have a lower training loss. "
            "A drop exactly at the epoch boundary together with a validation loss that gets worse is typical.",
        ),
        Question(
            "When is it right to train with batch norm in eval mode?",
            "When its statistics come from elsewhere and are better than those of your batches: fine-tuning on small "
            "batches or little data. Then the batch norm layers are put in eval mode one by one, after each "
            "`model.train()`, and usually their weights are frozen as well.",
        ),
    )
    nudges = (
        "In which mode is the model at the first batch of the second epoch?",
        "Which calls change the mode of the model, and in which order do they come?",
        "Why is the training loss so much lower from the second epoch on?",
    )

    examples = (
        Example(
            "at the top of the epoch",
            "fit",
            """
            def fit(model, train_loader, valid_loader):
                for epoch in range(10):
                    model.train()
                    for x, y in train_loader:
                        step(model, x, y)
                    model.eval()
                    report(model, valid_loader)
            """,
            """
            def fit(model, train_loader, valid_loader):
                for epoch in range(10):
                    for x, y in train_loader:
                        step(model, x, y)
                    model.eval()
                    report(model, valid_loader)
            """,
        ),
        Example(
            "at the end of an evaluation",
            "Trainer.validate",
            """
            class Trainer:
                def validate(self):
                    self.net.eval()
                    score = self.score(self.net)
                    # Back to work.
                    self.net.train(True)
                    return score
            """,
            """
            class Trainer:
                def validate(self):
                    self.net.eval()
                    score = self.score(self.net)
                    # Back to work.
                    return score
            """,
        ),
        Example(
            "a mode that is remembered",
            "evaluate",
            """
            def evaluate(model, x):
                before = model.training
                model.eval()
                with torch.no_grad():
                    y = model(x)
                model.train(before)
                return y
            """,
            """
            def evaluate(model, x):
                before = model.training
                model.eval()
                with torch.no_grad():
                    y = model(x)
                return y
            """,
        ),
    )
    untouched = (
        "def fit(model):\n    model.train()\n    step(model)\n",
        "def run(trainer):\n    trainer.train()\n    trainer.model.eval()\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Take out what switches back to train mode, in scripts that switch to eval mode."""
        evaluated = {_last(call) for call in map(_switched_off, (spot.node for spot in script.of(cst.Call))) if call}
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                call = bare_call(statement)
                model = receiver(call, "train") if call is not None else None
                if call is None or model is None or not _to_train(call) or _last(model) not in evaluated:
                    continue
                yield Break(
                    block.scope, dotted(model), statement, removal(block.statements, index, telling=self.telling)
                )


def _switched_off(node: cst.CSTNode) -> cst.BaseExpression | None:
    return receiver(node, "eval") if called(node) == "eval" else None


def _to_train(call: cst.Call) -> bool:
    """Whether the call of `train` may mean train mode."""
    return not call.args or not (isinstance(call.args[0].value, cst.Name) and call.args[0].value.value == "False")


def _last(node: cst.CSTNode) -> str:
    return dotted(node).rpartition(".")[2]
