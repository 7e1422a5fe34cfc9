"""A tensor that belongs to the model stays on the CPU when the model is moved."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import bare_call, called, dotted, keyword, receiver


class TensorNotRegistered(BugKind):
    """
    ## What it does
    A mask, a table of positions or the weights of classes is an ordinary attribute, `self.mask = torch.tril(...)`.
    `model.to(device)` moves parameters and registered buffers, and nothing else: the tensor stays on the CPU, and it is
    not in the checkpoint either.

    ## Why it is bad
    On a machine with an accelerator the first forward pass fails. On a CPU everything is in one place, so the script
    passes all its tests there. Who mends the crash with `.to(x.device)` in `forward` pays for a copy in every step,
    and has a model that still forgets the tensor when it is saved.

    ## Symptoms
    - `Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!`, on machines
      with an accelerator only, raised in `forward` or in the loss.
    - The tensor is missing from `state_dict()`. A small causal model with a mask had 5 entries in place of 6.
    - After `model.half()` or `model.double()` the tensor still has its old dtype.

    ## How to find it
    Compare `vars(module)` with `dict(module.named_buffers())`: a tensor that is only in the first is not registered.
    Without an accelerator, `model.to("meta")` shows what does not come along.

    ## Fix
    `self.register_buffer("mask", torch.tril(...))`, with `persistent=False` when it can be computed anew and need not
    be saved. Class weights belong to the criterion, which is a Module: move it, too.

    ## Correct code that looks like it
    - Positions or masks that are made in `forward`, on the device of the input.
    - Zero-dimensional tensors on the CPU, which torch lets meet those of any device.
    - A table that is kept on the CPU on purpose because it is large, and of which each batch fetches some rows.

    ## References
    - [Module.register_buffer](https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html)
    - [Module.to](https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.to)
    """

    slug = "tensor-not-registered"
    title = "Tensor that is not registered"
    summary = "A mask or table kept as a plain attribute stays on the CPU when the model is moved."
    category = "correctness"
    difficulty = "easy-medium"
    telling = r"buffers?|regist(er|ration)|(move|moving|moved|travel)\w*\W+(\w+\W+){0,3}(model|device|with)|same device"

    interview = (
        Question(
            "Parameter, buffer, plain attribute: what is the difference?",
            "A parameter is trained, saved and moved. A buffer is saved (unless it is not persistent) and moved, but "
            "has no gradient and no optimizer: running statistics, masks, tables. A plain tensor attribute is just a "
            "Python attribute; nothing that walks the module finds it.",
        ),
        Question(
            "Why does this bug survive a test suite?",
            "Because tests usually run on a CPU, where there is only one place. A test on the `meta` device, or on a "
            "simulated accelerator, finds it without a GPU; so does comparing the attributes with the buffers.",
        ),
    )
    nudges = (
        "What would this script do on a machine with a GPU?",
        "Which tensors does `model.to(device)` move?",
        "Which tensors take part in the forward pass or in the loss, and who puts each of them where it is?",
    )

    examples = (
        Example(
            "a causal mask",
            "Attention.mask",
            """
            class Attention(nn.Module):
                def __init__(self, length):
                    super().__init__()
                    self.register_buffer("mask", torch.tril(torch.ones(length, length)).bool(), persistent=False)
            """,
            """
            class Attention(nn.Module):
                def __init__(self, length):
                    super().__init__()
                    self.mask = torch.tril(torch.ones(length, length)).bool()
            """,
        ),
        Example(
            "positions, by keyword",
            "Encoder.angles",
            """
            class Encoder(Module):
                def __init__(self, table):
                    super().__init__()
                    # One row for each position.
                    self.register_buffer(name="angles", tensor=table)
            """,
            """
            class Encoder(Module):
                def __init__(self, table):
                    super().__init__()
                    # One row for each position.
                    self.angles = table
            """,
        ),
        Example(
            "weights of classes",
            "train.CrossEntropyLoss",
            """
            def train(model, counts, device):
                criterion = nn.CrossEntropyLoss(weight=(1 / counts).to(device))
                return fit(model.to(device), criterion)
            """,
            """
            def train(model, counts, device):
                criterion = nn.CrossEntropyLoss(weight=(1 / counts))
                return fit(model.to(device), criterion)
            """,
        ),
    )
    untouched = (
        "class Net(nn.Module):\n    def forward(self, x):\n        return x + torch.arange(3, device=x.device)\n",
        "x = x.to(device)\ncriterion = nn.CrossEntropyLoss(label_smoothing=0.1)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Make a plain attribute of a buffer, or leave the weights of a loss where they are."""
        for block in script.blocks:
            for statement in block.statements:
                call = bare_call(statement)
                if call is not None and (found := _buffer(call)) is not None:
                    name, assign = found
                    assert isinstance(statement, cst.SimpleStatementLine)
                    yield Break(block.scope, name, statement, {statement.body[0]: by(assign)})
        for spot in script.of(cst.Call):
            loss = spot.node
            assert isinstance(loss, cst.Call)
            weight = next((arg for n in ("weight", "pos_weight") if (arg := keyword(loss, n)) is not None), None)
            moved = None if weight is None else receiver(weight.value, "to", "cuda")
            if weight is not None and moved is not None and "oss" in called(loss):
                yield Break(spot.scope, called(loss), loss, {weight.value: by(moved)})


def _buffer(call: cst.Call) -> tuple[str, cst.Assign] | None:
    """The buffer's name and the plain assignment for `self.register_buffer("name", tensor)`."""
    owner = receiver(call, "register_buffer")
    if owner is None or not dotted(owner):
        return None
    given = [arg.value for arg in call.args if arg.keyword is None]
    named = {arg.keyword.value: arg.value for arg in call.args if arg.keyword is not None}
    name = named.get("name", given[0] if given else None)
    tensor = named.get("tensor", given[1] if len(given) > 1 else None)
    if not isinstance(name, cst.SimpleString) or tensor is None:
        return None
    text = str(name.evaluated_value)
    if not text.isidentifier() or (isinstance(tensor, cst.Name) and tensor.value == "None"):
        return None
    return text, cst.Assign([cst.AssignTarget(cst.Attribute(owner, cst.Name(text)))], tensor)
