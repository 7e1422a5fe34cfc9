"""Layers in a plain list or dict, which the model does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import libcst as cst

from torchdojo.bugs.edits import Edits, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.models import ModelClass, Part, builds_parameters, class_names, model_classes, uses_of
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import called, dotted, expression, only_statement


class UnregisteredLayers(BugKind):
    """
    ## What it does
    A model keeps layers in an ordinary Python list or dict. `nn.Module` registers what is assigned to an attribute
    when that is a Module or a Parameter; it does not look into lists. The layers work in `forward`, but they are not
    part of `model.parameters()`, of `state_dict()`, of `.to(device)`, of `.train()` and `.eval()`.

    ## Why it is bad
    The optimizer never hears of these layers, so they keep their random first values while everything round them
    trains. A checkpoint leaves them out without a word: loaded elsewhere, the model has other random layers and its
    figures fall to chance. On an accelerator they stay behind on the CPU.

    ## Symptoms
    - No error on a CPU. The loss falls, only less far: a classifier of eight blobs with three of its five layers in a
      list was at 1.70 after six epochs, where the sound one was at 0.32.
    - `sum(p.numel() for p in model.parameters())` is much smaller than the layers suggest; `print(model)` does not
      show them.
    - The gradients of the lost layers grow with every step, since nobody clears them either.
    - `Expected all tensors to be on the same device` as soon as the model is moved.

    ## How to find it
    Print the model and compare with `__init__`, or compare the number of parameters with what you compute by hand.
    A sharper test asks after one backward pass which tensors have a gradient without being in an optimizer.

    ## Fix
    `nn.ModuleList` for a list, `nn.ModuleDict` for a dict, `nn.Sequential` for a chain, `nn.ParameterList` for bare
    parameters. All of them can be iterated and indexed like the plain thing.

    ## Correct code that looks like it
    - A helper list of layers that are registered elsewhere: `self.taps = [self.conv1, self.conv3]`.
    - A frozen teacher or a fixed feature extractor that is hidden in a list on purpose, so that it is neither saved
      nor trained.
    - A plain list whose parameters are handed to the optimizer by hand; they train, although they are not saved.

    ## References
    - [ModuleList](https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleList.html)
    - [Modules: how they register what they own](https://docs.pytorch.org/docs/stable/notes/modules.html)
    """

    slug = "unregistered-layers"
    title = "Layers in a plain list"
    summary = "Layers in a Python list or dict are not trained, not moved and not saved."
    category = "correctness"
    difficulty = "medium"
    telling = r"ModuleList|ModuleDict|regist(er|ration)|plain (list|dict)|parameters? (can|are) (be )?found"

    interview = (
        Question(
            "How does a Module know its children?",
            "`__setattr__` of `nn.Module` catches assignments: a Parameter goes into `_parameters`, a Module into "
            "`_modules`, and every walk (`parameters`, `state_dict`, `to`, `train`) follows these two dicts. A list "
            "is neither, so it lands in the ordinary `__dict__` and nothing looks into it. `ModuleList` is a Module "
            "whose children are its items.",
        ),
        Question(
            "The layers are in a plain list, yet the loss falls. Why?",
            "The registered layers before and after still train. Random layers in between are a fixed random "
            "projection, and much can be learned round one. That is why only a parameter count, a look at the "
            "gradients or a reloaded checkpoint shows the bug.",
        ),
        Question(
            "When would you hide a module in a list on purpose?",
            "When it must not belong to the model: a frozen teacher or a perceptual-loss network that should be in no "
            "checkpoint and no optimizer, or a reference back to the parent, which would otherwise make the walk "
            "endless. Then it has to be moved to the device by hand.",
        ),
    )
    nudges = (
        "How many parameters should this model have, and how many does it say it has?",
        "Which of the layers used in `forward` does `print(model)` show?",
        "What does `nn.Module` do when an attribute is assigned, and with which types does it do it?",
    )

    examples = (
        Example(
            "a list of hidden layers",
            "Net.hidden",
            """
            class Net(nn.Module):
                def __init__(self, width, depth):
                    super().__init__()
                    self.inlet = nn.Linear(2, width)
                    self.hidden = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
                    self.head = nn.Linear(width, 3)
            """,
            """
            class Net(nn.Module):
                def __init__(self, width, depth):
                    super().__init__()
                    self.inlet = nn.Linear(2, width)
                    self.hidden = [nn.Linear(width, width) for _ in range(depth)]
                    self.head = nn.Linear(width, 3)
            """,
        ),
        Example(
            "a dict of heads",
            "MultiTask.heads",
            """
            class MultiTask(Module):
                def __init__(self, names):
                    super().__init__()
                    self.body = nn.Linear(4, 8)
                    self.heads = nn.ModuleDict({name: nn.Linear(8, 1) for name in names})
            """,
            """
            class MultiTask(Module):
                def __init__(self, names):
                    super().__init__()
                    self.body = nn.Linear(4, 8)
                    self.heads = {name: nn.Linear(8, 1) for name in names}
            """,
        ),
        Example(
            "a list that is filled in a loop",
            "Stack.blocks",
            """
            class Stack(nn.Module):
                def __init__(self, sizes):
                    super().__init__()
                    self.blocks = torch.nn.ModuleList()
                    for a, b in zip(sizes, sizes[1:]):
                        self.blocks.append(Block(a, b))
                    self.out = torch.nn.Linear(sizes[-1], 1)
            """,
            """
            class Stack(nn.Module):
                def __init__(self, sizes):
                    super().__init__()
                    self.blocks = []
                    for a, b in zip(sizes, sizes[1:]):
                        self.blocks.append(Block(a, b))
                    self.out = torch.nn.Linear(sizes[-1], 1)
            """,
        ),
        Example(
            "a chain, called once",
            "Net.body",
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.body = nn.Sequential(nn.Linear(2, 8), nn.ReLU())
                    self.head = nn.Linear(8, 1)

                def forward(self, x):
                    h = self.body(x)
                    return self.head(h)
            """,
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.body = [nn.Linear(2, 8), nn.ReLU()]
                    self.head = nn.Linear(8, 1)

                def forward(self, x):
                    h = x
                    for layer in self.body:
                        h = layer(h)
                    return self.head(h)
            """,
        ),
    )
    untouched = (
        "class Net(nn.Module):\n    def __init__(self):\n        self.only = nn.ModuleList([nn.Linear(1, 1)])\n",
        "sizes = list(range(3))\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Make a list or dict of what registers its layers, in models that keep other layers."""
        classes = class_names(script)
        for model in model_classes(script):
            parts = [part for part in model.parts if builds_parameters(part.value, classes)]
            for part in parts:
                if len(parts) > 1 and (edits := _plain(script, model, part)) is not None:
                    yield Break(f"{model.scope}.__init__", part.name, part.statement, edits)


def _plain(script: Script, model: ModelClass, part: Part) -> Edits | None:
    """The edits that make a plain container of this part; None when it is none, or is used in another way."""
    call = cast(cst.Call, part.value)
    kind = called(call)
    if kind in ("ModuleList", "ModuleDict"):
        return {call: by(_contents(script, call, "[]" if kind == "ModuleList" else "{}"))}
    if kind == "Sequential" and "." in dotted(call.func) and call.args:
        uses = uses_of(script, model, part.name)
        if len(uses) == 1 and (edits := _unrolled(script, uses[0])) is not None:
            return {call: by(_as_list(call)), **edits}
    return None


def _contents(script: Script, call: cst.Call, empty: str) -> cst.BaseExpression:
    if not call.args:
        return expression(empty)
    first = call.args[0].value
    if isinstance(first, cst.GeneratorExp):
        return cst.ListComp(elt=first.elt, for_in=first.for_in)
    if isinstance(first, (cst.List, cst.ListComp, cst.Dict, cst.DictComp)):
        return first
    kind = "list" if empty == "[]" else "dict"
    return expression(f"{kind}({script.code(first)})")


def _as_list(call: cst.Call) -> cst.List:
    """The arguments as a list, laid out as they were."""
    elements: list[cst.BaseElement] = [
        cst.StarredElement(arg.value, comma=arg.comma) if arg.star else cst.Element(arg.value, comma=arg.comma)
        for arg in call.args
    ]
    return cst.List(
        elements=elements,
        lbracket=cst.LeftSquareBracket(whitespace_after=call.whitespace_before_args),
        rbracket=cst.RightSquareBracket(whitespace_before=call.args[-1].whitespace_after_arg),
    )


def _unrolled(script: Script, use: Spot) -> Edits | None:
    """`h = self.body(x)` and `return self.body(x)` as loops; None for any other use."""
    call, statement = use.ancestors[-1], use.inside(cst.SimpleStatementLine)
    if not isinstance(call, cst.Call) or call.func is not use.node or len(call.args) != 1 or statement is None:
        return None
    given = call.args[0].value
    small = only_statement(statement)
    if not isinstance(given, cst.Name):
        return None
    if isinstance(small, cst.Return) and small.value is call:
        name, after = given.value, f"return {given.value}\n"
    elif isinstance(small, cst.Assign) and small.value is call and isinstance(small.targets[0].target, cst.Name):
        name, after = small.targets[0].target.value, ""
    else:
        return None
    before = "" if name == given.value else f"{name} = {given.value}\n"
    loop = f"for layer in {script.code(use.node)}:\n    {name} = layer({name})\n"
    lines = [cst.parse_statement(line) for line in (before, loop, after) if line]
    original = cast(cst.SimpleStatementLine, statement)
    lines[0] = lines[0].with_changes(leading_lines=original.leading_lines)
    last = lines[-1]
    if isinstance(last, cst.SimpleStatementLine):
        lines[-1] = last.with_changes(trailing_whitespace=original.trailing_whitespace)
    return {statement: lambda _: lines}
