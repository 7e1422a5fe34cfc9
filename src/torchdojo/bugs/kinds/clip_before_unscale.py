"""Gradients are clipped while they are still multiplied by the loss scale."""

from __future__ import annotations

from collections.abc import Iterator

from torchdojo.bugs.edits import removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import bare_call, receiver
from torchdojo.bugs.training_steps import clips, moved


class ClipBeforeUnscale(BugKind):
    """
    ## What it does
    A `GradScaler` multiplies the loss, and so every gradient, by a large factor. The gradients are clipped before
    that factor is taken out again.

    ## Why it is bad
    A bound of 1.0 is compared with a norm 65,536 times too large, so every step is clipped, and `scaler.step` then
    divides the clipped gradient by the scale: what is left is a gradient of norm 1 / 65,536. Training practically
    stands still, although every call that a tutorial shows is there.

    ## Symptoms
    - The loss moves in the fifth digit. In 20 epochs a small classifier went from 1.133 to 1.133, where the right order
      gave 0.219 and 91 %.
    - The norm that `clip_grad_norm_` returns is of the order of 10,000 and more.
    - As the scale grows every couple of thousand steps, learning gets slower still.

    ## How to find it
    Print the norm that clipping returns. It should be of the size you know from training without mixed precision.

    ## Fix
    Call `scaler.unscale_(optimizer)` after `backward()` and before clipping. `scaler.step` notices and does not divide
    a second time.

    ## Correct code that looks like it
    - No clipping at all: then `scaler.step` unscales by itself, and `unscale_` is not needed.
    - bfloat16 without a scaler, or a scaler that is switched off: gradients have their true size.
    - A bound that is multiplied by `scaler.get_scale()`.

    ## References
    - [Gradient clipping with scaled gradients](https://docs.pytorch.org/docs/stable/notes/amp_examples.html)
    - [torch.amp](https://docs.pytorch.org/docs/stable/amp.html)
    """

    slug = "clip-before-unscale"
    title = "Clipping scaled gradients"
    summary = "Gradients are clipped while multiplied by the loss scale, so hardly anything is left of them."
    category = "numerics"
    difficulty = "medium-hard"
    telling = r"unscal|\bclip|\bscale[ds]?\b|\btrue (size|norm)"

    interview = (
        Question(
            "Why does mixed precision with float16 scale the loss at all?",
            "The smallest float16 above zero is about 6e-8; small gradients would become zero. Multiplying the loss by "
            "a large factor shifts all gradients into the range that can be represented; before the update they are "
            "divided by it again, in float32.",
        ),
        Question(
            "Which operations between `backward()` and `step()` need `unscale_` first?",
            "All that look at the size of gradients: clipping by norm or value, logging norms, noise for privacy, "
            "manual thresholds. Those that only scale or add linearly do not.",
        ),
    )
    nudges = (
        "How large is the norm that clipping measures?",
        "By what are the gradients multiplied at the moment they are clipped?",
        "What does `scaler.step` do with the gradients before the optimizer sees them?",
    )

    examples = (
        Example(
            "left out",
            "train.unscale_",
            """
            def train(model, loader, optimizer, scaler):
                for x, y in loader:
                    scaler.scale(loss_of(model, x, y)).backward()
                    scaler.unscale_(optimizer)
                    clip_grad_norm_(model.parameters(), 1.0)
                    scaler.step(optimizer)
                    scaler.update()
            """,
            """
            def train(model, loader, optimizer, scaler):
                for x, y in loader:
                    scaler.scale(loss_of(model, x, y)).backward()
                    clip_grad_norm_(model.parameters(), 1.0)
                    scaler.step(optimizer)
                    scaler.update()
            """,
        ),
        Example(
            "the other way round",
            "Trainer.step.clip_grad_norm_",
            """
            class Trainer:
                def step(self, loss):
                    self.scaler.scale(loss).backward()
                    self.scaler.unscale_(self.opt)
                    torch.nn.utils.clip_grad_norm_(self.net.parameters(), self.max_norm)
                    self.scaler.step(self.opt)
            """,
            """
            class Trainer:
                def step(self, loss):
                    self.scaler.scale(loss).backward()
                    torch.nn.utils.clip_grad_norm_(self.net.parameters(), self.max_norm)
                    self.scaler.unscale_(self.opt)
                    self.scaler.step(self.opt)
            """,
        ),
        Example(
            "by value",
            "unscale_",
            """
            amp.unscale_(opt)
            nn.utils.clip_grad_value_(net.parameters(), 0.5)
            amp.step(opt)
            """,
            """
            nn.utils.clip_grad_value_(net.parameters(), 0.5)
            amp.step(opt)
            """,
        ),
    )
    untouched = (
        "scaler.scale(loss).backward()\nscaler.unscale_(opt)\nscaler.step(opt)\nscaler.update()\n",
        "loss.backward()\nclip_grad_norm_(net.parameters(), 1.0)\nopt.step()\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Take the call that unscales out, or put it behind the clipping."""
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                call = bare_call(statement)
                if call is None or receiver(call, "unscale_") is None:
                    continue
                clipping = [s for s in block.statements[index + 1 :] if clips(s)]
                if clipping:
                    edits = removal(block.statements, index, telling=self.telling)
                    yield Break(block.scope, "unscale_", statement, edits)
                    edits = moved(block.statements, index, clipping[-1], behind=True, telling=self.telling)
                    yield Break(block.scope, clips(clipping[-1]), clipping[-1], edits)
