"""Gradient checkpointing round layers whose input requires no gradient."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.model_code import bound_name
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import called, expression, keyword


class CheckpointKillsAdapterGradients(BugKind):
    """
    ## What it does
    A part of the model is run through `torch.utils.checkpoint` in its reentrant form, and none of the tensors that
    enter it requires a gradient: they come from frozen layers or straight from the data. The reentrant form is a
    custom autograd function of its *inputs*; the weights inside are no inputs of it. So its output requires no
    gradient either, and nothing behind it reaches the weights inside.

    ## Why it is bad
    Adapters in a frozen model are the typical victim: embeddings are frozen, the first block is checkpointed, and
    from there on every block gets an input without a gradient. All adapters keep their initial values. The head is
    trained as usual, so the loss falls.

    ## Symptoms
    - A warning: "None of the inputs have requires_grad=True. Gradients will be None". It is shown once.
    - `.grad` of the adapters is None, and their second factor is exactly zero at the end of the training.
    - Fine-tuning works about as well as training the head alone. In a small classifier with two adapted blocks the
      loss stood at 0.62 instead of 0.57 after 32 steps.

    ## How to find it
    After the first backward pass list the trainable parameters whose gradient is None. Switch checkpointing off: when
    that changes what is learned, it was not only saving memory.

    ## Fix
    Pass `use_reentrant=False`. That form records which weights are used and needs no gradient at its inputs. Where the
    reentrant form has to stay, let the input ask for a gradient: `x.requires_grad_()` behind the embedding, or
    `model.enable_input_require_grads()` in Hugging Face's models.

    ## Correct code that looks like it
    - The non-reentrant form, with any input.
    - A reentrant checkpoint round a part that is frozen altogether.
    - Evaluation without gradients.

    ## References
    - [torch.utils.checkpoint](https://docs.pytorch.org/docs/stable/checkpoint.html): what the two forms demand of
      their inputs
    """

    slug = "checkpoint-kills-adapter-gradients"
    title = "Checkpointing cuts the gradients off"
    summary = "A reentrant checkpoint whose inputs require no gradient leaves the weights inside without any."
    category = "fine-tuning"
    difficulty = "hard"
    telling = r"reentrant|asks? for (a )?gradient|require[sd]?_?(a )?grad|inputs? require"

    interview = (
        Question(
            "What does gradient checkpointing trade, and how?",
            "Memory for time. The activations inside a checkpointed part are not kept; on the way back the part is "
            "run forward again from its saved inputs, now with a graph, and the gradients go through that. One extra "
            "forward pass in all, about a third more time.",
        ),
        Question(
            "Why does the reentrant form need an input that requires a gradient?",
            "It is one autograd function whose inputs are the tensor arguments; the weights are used inside, without "
            "a graph. Autograd asks whether any input requires a gradient and, if not, records nothing: the backward "
            "that would run the part again is never called.",
        ),
    )
    nudges = (
        "Which parameters have no gradient after the first backward pass?",
        "Which tensors enter this part of the model, and does any of them require a gradient?",
        "What does a checkpointed part know of its weights?",
    )

    examples = (
        Example(
            "a block",
            "Net.forward.x",
            """
            class Net(nn.Module):
                def forward(self, x):
                    for block in self.blocks:
                        x = checkpoint(block, x, use_reentrant=False)
                    return self.head(x)
            """,
            """
            class Net(nn.Module):
                def forward(self, x):
                    for block in self.blocks:
                        x = checkpoint(block, x, use_reentrant=True)
                    return self.head(x)
            """,
        ),
        Example(
            "several at once",
            "run.h",
            """
            def run(layers, x):
                h = torch.utils.checkpoint.checkpoint_sequential(layers, 2, x, use_reentrant=False)
                return h
            """,
            """
            def run(layers, x):
                h = torch.utils.checkpoint.checkpoint_sequential(layers, 2, x, use_reentrant=True)
                return h
            """,
        ),
        Example(
            "returned at once",
            "Block.forward.return",
            """
            class Block(nn.Module):
                def forward(self, x, mask):
                    return checkpoint(self.run, x, mask, use_reentrant=False, preserve_rng_state=True)
            """,
            """
            class Block(nn.Module):
                def forward(self, x, mask):
                    return checkpoint(self.run, x, mask, use_reentrant=True, preserve_rng_state=True)
            """,
        ),
    )
    untouched = ("def run(block, x):\n    return checkpoint(block, x, use_reentrant=True)\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Use the reentrant form."""
        for spot in script.of(cst.Call):
            call = spot.node
            assert isinstance(call, cst.Call)
            if called(call) not in ("checkpoint", "checkpoint_sequential"):
                continue
            form = keyword(call, "use_reentrant")
            if form is not None and script.code(form.value) == "False":
                yield Break(spot.scope, bound_name(spot, called(call)), call, {form.value: by(expression("True"))})
