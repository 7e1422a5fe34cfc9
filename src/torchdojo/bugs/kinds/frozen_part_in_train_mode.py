"""A frozen part works in train mode, so its batch norms go on moving their statistics."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import removal
from torchdojo.bugs.freezing import freezes
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import bare_call, dotted, receiver


class FrozenPartInTrainMode(BugKind):
    """
    ## What it does
    The parameters of a pretrained part are frozen, but the part is left in train mode. Freezing stops gradients; the
    running mean and variance of batch norm are buffers, and every forward pass in train mode moves them. Dropout in
    the part stays active as well.

    ## Why it is bad
    The "frozen" features drift towards the new data, while weights that expect the old statistics stay. In training
    the head sees features normalised by the batch, in evaluation features normalised by half-moved statistics. The
    saved part is no longer the one that was loaded: a second head that shares it breaks.

    ## Symptoms
    - `state_dict()` of the frozen part changes from epoch to epoch, in the keys `running_mean`, `running_var` and
      `num_batches_tracked` only.
    - Training and evaluation disagree more than they should on the same rows.
    - A body was trained on one domain and used, frozen, for a second one with shifted inputs. In 18 steps its running
      means moved by 0.7 standard deviations, and the old head, put back on it, fell from an accuracy of 0.99 to 0.70.

    ## How to find it
    Keep a copy of the frozen part's `state_dict` and compare after an epoch, buffers included. Or print
    `[m.training for m in backbone.modules()]` in the training loop: `model.train()` at the top of the epoch reaches
    every child, frozen or not.

    ## Fix
    `backbone.eval()` after each `model.train()`, or a `train` method of the model that does so itself:
    `super().train(mode); self.backbone.eval(); return self`.

    ## Correct code that looks like it
    - Adapting batch norm to a new domain on purpose: statistics gathered without any update (AdaBN), or with the
      norm's own weights trained (TENT).
    - A momentum encoder or teacher, whose parameters take no gradients but are averaged after each step.
    - Networks that take turns, as in a GAN, and are frozen for the other's step only.

    ## References
    - [BatchNorm1d](https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html): running estimates
    - [Transfer learning](https://docs.pytorch.org/tutorials/beginner/transfer_learning_tutorial.html)
    """

    slug = "frozen-part-in-train-mode"
    title = "Frozen part in train mode"
    summary = "Batch norm of a frozen part goes on gathering statistics, and its features drift."
    category = "correctness"
    difficulty = "hard"
    telling = (
        r"running (mean|var|stat)|statistics|(stays?|keep|kept|remain|always)\w*\W+(\w+\W+){0,3}(eval|frozen|fixed)"
        r"|eval mode|batch ?norms?"
    )

    interview = (
        Question(
            "You froze a backbone with `requires_grad_(False)`. What of it can still change?",
            "Its buffers: running mean, running variance and the batch counter of batch norm, for as long as it runs "
            "in train mode. Also whatever its own `forward` writes, such as moving averages in a quantiser. And the "
            "parameters themselves, if an optimizer still holds old gradients for them.",
        ),
        Question(
            "Why is one `backbone.eval()` before the loop usually not enough?",
            "Because the loop calls `model.train()` at every epoch, and that sets the flag of all children again. Put "
            "the part back in eval mode after each such call, or override `train` in the model.",
        ),
        Question(
            "When would you let the statistics move although the weights are frozen?",
            "When the new domain differs and there is no better way: gathering new statistics over it is a cheap "
            "adaptation. Then it is a step of its own, without training a head on features that move at the same time.",
        ),
    )
    nudges = (
        "Which entries of the frozen part's `state_dict` differ after an epoch?",
        "What does `model.train()` do to the children of the model?",
        "Does freezing parameters say anything about buffers?",
    )

    examples = (
        Example(
            "after the switch of the whole model",
            "epoch",
            """
            model.backbone.requires_grad_(False)


            def epoch(model, loader):
                model.train()
                # Its statistics stay those of the pretraining.
                model.backbone.eval()
                for x, y in loader:
                    step(model, x, y)
            """,
            """
            model.backbone.requires_grad_(False)


            def epoch(model, loader):
                model.train()
                for x, y in loader:
                    step(model, x, y)
            """,
        ),
        Example(
            "in the model's own train",
            "Tuned.train",
            """
            class Tuned(nn.Module):
                def __init__(self, body):
                    super().__init__()
                    self.body = body
                    for p in self.body.parameters():
                        p.requires_grad = False

                def train(self, mode=True):
                    super().train(mode)
                    self.body.eval()
                    return self
            """,
            """
            class Tuned(nn.Module):
                def __init__(self, body):
                    super().__init__()
                    self.body = body
                    for p in self.body.parameters():
                        p.requires_grad = False

                def train(self, mode=True):
                    super().train(mode)
                    return self
            """,
        ),
        Example(
            "a net of its own",
            "features",
            """
            features.requires_grad_(False)
            features.eval()
            for x, y in loader:
                loss = criterion(head(features(x)), y)
            """,
            """
            features.requires_grad_(False)
            for x, y in loader:
                loss = criterion(head(features(x)), y)
            """,
        ),
    )
    untouched = (
        "model.eval()\nscore(model)\n",
        "backbone.requires_grad_(False)\nhead.eval()\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Take out what puts a frozen part in eval mode."""
        frozen = {_last(freeze.part) for freeze in freezes(script)}
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                call = bare_call(statement)
                part = None if call is None else receiver(call, "eval")
                if part is not None and _last(part) in frozen:
                    yield Break(
                        block.scope, dotted(part), statement, removal(block.statements, index, telling=self.telling)
                    )


def _last(node: cst.CSTNode) -> str:
    return dotted(node).rpartition(".")[2]
