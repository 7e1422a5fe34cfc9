"""Gradients are clipped where it has no effect."""

from __future__ import annotations

from collections.abc import Iterator

from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.training_steps import Verbs, clips, differentiates, moved


class MisplacedClipping(BugKind):
    """
    ## What it does
    The call that clips gradients stands after `optimizer.step()`, or before `backward()`, or is given parameters that
    have no gradient. It bounds something, but never what the step is going to use.

    ## Why it is bad
    Clipping is there for the rare batch whose gradient is a hundred times as large as usual. Without any effect it
    leaves the run as unprotected as if the line were missing, while the line itself says otherwise to every reader.

    ## Symptoms
    - None on good days. With SGD at a rate of 1.0 a run ended with 0.104 clipped and 0.092 unclipped: no difference.
    - On bad days what clipping should prevent: at a rate of 3.0 the clipped run came to a loss of 0.592 and 86 %, the
      one that clipped after the step stayed at 1.057 and 44 %.
    - The norm that `clip_grad_norm_` returns is 0 (before `backward()`), or the recorded norms look right but the
      sizes of the updates do not respect the bound.

    ## How to find it
    Measure the norm of the gradients directly before `step()`: it must not exceed the bound. Then look at the order
    of the four calls: clear, `backward`, clip, `step`.

    ## Fix
    Clip between `backward()` and `step()`, the parameters that this step will update. With accumulation clip once,
    before the step. With a `GradScaler` call `unscale_` first.

    ## Correct code that looks like it
    - A very tight bound that acts in almost every step, as in recurrent networks, policy gradients or private training.
    - `clip_grad_norm_` with an infinite bound: it only measures the norm, wherever it stands.
    - Clipping a part of the parameters, such as the recurrent ones.
    - Clipping inside a closure or inside an optimizer's own `step`.

    ## References
    - [clip_grad_norm_](https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html)
    - [Pascanu et al., On the difficulty of training recurrent neural networks](https://arxiv.org/abs/1211.5063)
    """

    slug = "misplaced-clipping"
    title = "Clipping where it has no effect"
    summary = "Gradients are clipped after the step or before the backward pass, so no step is ever bounded."
    category = "convergence"
    difficulty = "medium"
    telling = r"\bclip|explo(d|s)|\bbound\w*\W+(\w+\W+){0,3}(grad|norm)|\border\b"

    interview = (
        Question(
            "Where exactly does gradient clipping belong, and why there?",
            "After the last `backward()` that contributes to this step and before `step()`. Earlier, it is not "
            "complete or not there; later, the update has been made. With mixed precision it comes after `unscale_`.",
        ),
        Question(
            "What is the difference between clipping by norm and by value?",
            "By norm scales the whole gradient of all given parameters by one factor, so its direction is kept. By "
            "value bounds each entry alone, which changes the direction towards a corner of a cube.",
        ),
    )
    nudges = (
        "How large is the norm of the gradients directly before the step?",
        "What is in the gradients at the moment when they are clipped?",
        "Name the four calls between two batches in the order they have to come.",
    )

    examples = (
        Example(
            "after the step",
            "train.clip_grad_norm_",
            """
            def train(model, loader, optimizer):
                for x, y in loader:
                    optimizer.zero_grad()
                    loss = criterion(model(x), y)
                    loss.backward()
                    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                    optimizer.step()
            """,
            """
            def train(model, loader, optimizer):
                for x, y in loader:
                    optimizer.zero_grad()
                    loss = criterion(model(x), y)
                    loss.backward()
                    optimizer.step()
                    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            """,
        ),
        Example(
            "before the backward pass",
            "Trainer.step.backward",
            """
            class Trainer:
                def step(self, x, y):
                    self.opt.zero_grad()
                    loss = self.loss(x, y)
                    loss.backward()
                    if self.clip is not None:
                        nn.utils.clip_grad_value_(self.net.parameters(), self.clip)
                    self.opt.step()
            """,
            """
            class Trainer:
                def step(self, x, y):
                    self.opt.zero_grad()
                    loss = self.loss(x, y)
                    if self.clip is not None:
                        nn.utils.clip_grad_value_(self.net.parameters(), self.clip)
                    loss.backward()
                    self.opt.step()
            """,
        ),
        Example(
            "the norm kept",
            "update.clip_grad_norm_",
            """
            def update(loss, net, opt):
                loss.backward()
                norm = clip_grad_norm_(net.parameters(), max_norm=0.5)
                opt.step()
                opt.zero_grad()
                return norm
            """,
            """
            def update(loss, net, opt):
                loss.backward()
                opt.step()
                norm = clip_grad_norm_(net.parameters(), max_norm=0.5)
                opt.zero_grad()
                return norm
            """,
        ),
    )
    untouched = ("def train(optimizer, loss):\n    loss.backward()\n    optimizer.step()\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Put the call behind the step, or in front of the backward pass."""
        verbs = Verbs(script)
        for block in script.blocks:
            statements = block.statements
            for index, statement in enumerate(statements):
                if not (name := clips(statement)):
                    continue
                steps = [i for i in range(index + 1, len(statements)) if verbs.steps(statements[i])]
                if not steps:
                    continue
                edits = moved(statements, index, statements[steps[0]], behind=True, telling=self.telling)
                yield Break(block.scope, name, statement, edits)
                backwards = [i for i in range(index) if differentiates(statements[i])]
                if backwards:
                    target = statements[backwards[-1]]
                    edits = moved(statements, index, target, behind=False, telling=self.telling)
                    yield Break(block.scope, "backward", statement, edits)
