"""A low-rank adapter that is not zero before training, or can never leave zero."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.model_code import bound_name
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import bare_call, called, dotted, expression

_UP = re.compile(r"(^|_)(b|up|right)$|lora_?b|lora_?up|_up$|\bB$", re.IGNORECASE)
_RANK = re.compile(r"rank|\br\b|lora", re.IGNORECASE)


class AdapterNotIdentity(BugKind):
    """
    ## What it does
    A low-rank adapter adds B A x to the output of a frozen layer. At the start B has to be zero and A random, so that
    the adapter adds nothing. Here both factors are random (or both are zero).

    ## Why it is bad
    With both random, the pretrained model is disturbed before the first step: noise of low rank is added to every
    adapted layer, and the adapters first have to unlearn it. With both zero, the gradient of each factor is a
    multiple of the other, that is zero: the adapters never learn anything.

    ## Symptoms
    - The first loss is higher than that of the pretrained model. In a small network the error on the old task was
      0.007 with adapters that begin at zero and 0.27 with random ones, before any step.
    - Both zero: only the head learns, and the adapters' weights are exactly zero at the end.
    - The damage grows with alpha / rank.

    ## How to find it
    Run one batch through the model with the adapters and without them, before training: the outputs must be equal.
    After one step exactly one of the two factors, the one that began at zero, has moved.

    ## Fix
    Initialise A at random (Kaiming or a small normal) and B with zeros. The product is zero, the gradient of B is not.

    ## Correct code that looks like it
    - Adapters from principal components (PiSSA): both factors are non-zero, and what they hold was taken out of the
      frozen weight.
    - Adapters loaded from a checkpoint, on resuming.
    - A bottleneck that is trained from scratch, beside nothing frozen.

    ## References
    - [LoRA: Low-Rank Adaptation of Large Language Models](https://arxiv.org/abs/2106.09685), section 4.1
    - [PiSSA](https://arxiv.org/abs/2404.02948)
    """

    slug = "adapter-not-identity"
    title = "Adapter is not the identity at the start"
    summary = "Both factors of a low-rank adapter are random: the pretrained model is disturbed before the first step."
    category = "fine-tuning"
    difficulty = "medium-hard"
    telling = r"zeros?\b|identity|adds? nothing|starts? (as|at|from)|unchanged|no[- ]op|init"

    interview = (
        Question(
            "Why is one factor of a LoRA adapter zero, and why not both?",
            "The product must be zero so that training starts from the pretrained model. The gradient of B is (dL/dy) "
            "x^T A^T and that of A is B^T (dL/dy) x^T: with B zero and A random, B moves in the first step and A from "
            "the second on. With both zero both gradients are zero for ever.",
        ),
        Question(
            "How do you test an adapter implementation in three lines?",
            "Compare the outputs of the model with and without adapters on one batch: they must be equal. Take one "
            "step. Check that the outputs now differ and that no frozen weight has changed.",
        ),
    )
    nudges = (
        "What does the adapted model compute before its first update?",
        "Which of the two factors may be random?",
        "Compare the first loss with that of the pretrained model.",
    )

    examples = (
        Example(
            "a parameter",
            "LoRA.__init__.lora_B",
            """
            class LoRA(nn.Module):
                def __init__(self, layer, rank):
                    super().__init__()
                    self.lora_A = nn.Parameter(torch.randn(rank, layer.in_features) * 0.01)
                    self.lora_B = nn.Parameter(torch.zeros(layer.out_features, rank))
            """,
            """
            class LoRA(nn.Module):
                def __init__(self, layer, rank):
                    super().__init__()
                    self.lora_A = nn.Parameter(torch.randn(rank, layer.in_features) * 0.01)
                    self.lora_B = nn.Parameter(torch.randn(layer.out_features, rank))
            """,
        ),
        Example(
            "a layer",
            "Adapter.__init__.up",
            """
            class Adapter(nn.Module):
                def __init__(self, width, rank):
                    super().__init__()
                    self.down = nn.Linear(width, rank, bias=False)
                    self.up = nn.Linear(rank, width, bias=False)
                    nn.init.zeros_(self.up.weight)
            """,
            """
            class Adapter(nn.Module):
                def __init__(self, width, rank):
                    super().__init__()
                    self.down = nn.Linear(width, rank, bias=False)
                    self.up = nn.Linear(rank, width, bias=False)
            """,
        ),
        Example(
            "in a method of its own",
            "LoRA.reset.lora_b",
            """
            class LoRA(nn.Module):
                def reset(self):
                    nn.init.kaiming_uniform_(self.lora_a)
                    nn.init.zeros_(self.lora_b)
            """,
            """
            class LoRA(nn.Module):
                def reset(self):
                    nn.init.kaiming_uniform_(self.lora_a)
                    nn.init.normal_(self.lora_b, std=0.02)
            """,
        ),
    )
    untouched = (
        "class Net(nn.Module):\n    def __init__(self):\n        self.bias = nn.Parameter(torch.zeros(4))\n",
        "nn.init.zeros_(head.bias)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Make the factor that begins at zero random."""
        if not _RANK.search(script.module.code):
            return
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                call = bare_call(statement)
                if call is None or called(call) != "zeros_" or not call.args:
                    continue
                target = dotted(call.args[0].value)
                name = target.removesuffix(".weight").removesuffix(".data").rpartition(".")[2]
                if not _UP.search(name):
                    continue
                if target.endswith(".weight"):
                    edits = removal(block.statements, index, telling=self.telling)
                else:
                    random = f"{dotted(call.func).removesuffix('zeros_')}normal_({target}, std=0.02)"
                    edits = {call: by(expression(random))}
                yield Break(block.scope, name, statement, edits)
        for spot in script.of(cst.Call):
            if called(spot.node) == "zeros" and (new := _random(spot)) is not None:
                yield Break(spot.scope, bound_name(spot, "zeros"), spot.node, {spot.node: by(new)})


def _random(spot: Spot) -> cst.BaseExpression | None:
    """`torch.randn(out, rank)` for the `torch.zeros(out, rank)` of an adapter's second factor."""
    call, around = spot.node, spot.ancestors
    assert isinstance(call, cst.Call)
    in_parameter = any(called(node) == "Parameter" for node in around[-3:])
    if not in_parameter or len(call.args) < 2 or not _UP.search(bound_name(spot, "")):
        return None
    if not isinstance(call.func, cst.Attribute):
        return None
    return call.with_changes(func=call.func.with_changes(attr=cst.Name("randn")))
