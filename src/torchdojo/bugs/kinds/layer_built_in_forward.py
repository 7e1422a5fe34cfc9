"""A layer with weights is built in `forward`, anew for every batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import libcst as cst

from torchdojo.bugs.edits import Edits, by, heading, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.models import ModelClass, Part, builds_parameters, class_names, model_classes, uses_of
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import called, dotted

#: Layers whose weights begin at random.
_RANDOM = frozenset({"Linear", "Bilinear", "Embedding", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose2d", "GRU", "LSTM"})


class LayerBuiltInForward(BugKind):
    """
    ## What it does
    `forward` builds a layer, `nn.Linear(...)(h)`, instead of using one that `__init__` built. Every call makes new
    random weights, uses them once and throws them away.

    ## Why it is bad
    The layer never learns: it is not in `model.parameters()`, and even if it were, the next batch gets another one.
    What comes after it sees its input through a new random map each time and can at best learn what survives every
    such map. The model is also not repeatable: two calls in eval mode give two different answers.

    ## Symptoms
    - A loss that hovers near its starting value. A small image classifier whose last layer was built in `forward` had
      a loss of 0.65 on held-out rows after 60 steps (guessing between two classes gives 0.69); built in `__init__`,
      0.26.
    - The same input gives different outputs although dropout is off.
    - The layer is not shown by `print(model)` and has no key in the checkpoint.

    ## How to find it
    Call the model twice on one batch in eval mode and compare. Or look through `forward` for anything that starts with
    a capital letter and has weights: activations and pooling may be built on the spot, layers may not.

    ## Fix
    Build the layer in `__init__`. When the size of its input is known only later, use the lazy layers
    (`nn.LazyLinear`), run one dummy batch in `__init__`, or build it on first use and before the optimizer.

    ## Correct code that looks like it
    - Parameter-free modules built in `forward`: `nn.Softmax(dim=1)(x)`, `nn.MaxPool2d(2)(x)`.
    - A layer built once, on first use, and kept from then on.
    - Hyper-networks, whose weights are computed by another network and applied with `F.linear`.
    - Random convolutions as augmentation, whose weights are not meant to be trained.

    ## References
    - [nn.Module](https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html)
    - [LazyLinear](https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyLinear.html)
    """

    slug = "layer-built-in-forward"
    title = "Layer built in forward"
    summary = "Each forward pass gets new random weights, which nobody trains."
    category = "correctness"
    difficulty = "easy-medium"
    telling = r"(built|build|made|make|creat\w*)\W+(\w+\W+){0,3}(once|here|layer)|new weights|each (call|forward)"

    interview = (
        Question(
            "What belongs into `__init__` and what into `forward`?",
            "Everything that holds state, that is parameters and buffers, into `__init__`, so that it is registered "
            "once and lives as long as the model. `forward` only says how the data flow. Functions without state "
            "(`F.relu`, a pooling) can be written in either place.",
        ),
        Question(
            "The layer's size depends on the data. What can you do without building it in every forward pass?",
            "Use a lazy layer, whose parameters are made at the first call; or send one dummy batch through the body "
            "in `__init__` and read the size off; or build on first use behind `if self.proj is None`. In the last "
            "case one forward pass must run before the optimizer is made, or it will not know the parameters.",
        ),
    )
    nudges = (
        "Call the model twice on the same batch. Should the results agree?",
        "How long does each weight of this model live?",
        "Which statements of `forward` create something that has weights?",
    )

    examples = (
        Example(
            "numbers as sizes",
            "Net.head",
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.body = nn.Linear(2, 16)
                    self.head = nn.Linear(16, 3)

                def forward(self, x):
                    return self.head(torch.relu(self.body(x)))
            """,
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.body = nn.Linear(2, 16)

                def forward(self, x):
                    return nn.Linear(16, 3)(torch.relu(self.body(x)))
            """,
        ),
        Example(
            "sizes from arguments",
            "Encoder.project",
            """
            class Encoder(torch.nn.Module):
                def __init__(self, width, out):
                    super().__init__()
                    self.rnn = torch.nn.GRU(4, width, batch_first=True)
                    self.project = torch.nn.Linear(width, out)

                def forward(self, x):
                    _, last = self.rnn(x)
                    return self.project(last[0])
            """,
            """
            class Encoder(torch.nn.Module):
                def __init__(self, width, out):
                    super().__init__()
                    self.rnn = torch.nn.GRU(4, width, batch_first=True)
                    self.width = width
                    self.out = out

                def forward(self, x):
                    _, last = self.rnn(x)
                    return torch.nn.Linear(self.width, self.out)(last[0])
            """,
        ),
        Example(
            "a script that knows of devices",
            "Net.conv",
            """
            device = torch.device("cuda")


            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    # Edges first.
                    self.conv = nn.Conv2d(1, 8, 3, padding=1)
                    self.out = nn.Linear(8, 2)

                def forward(self, image):
                    h = torch.relu(self.conv(image))
                    return self.out(h.mean((2, 3)))
            """,
            """
            device = torch.device("cuda")


            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    # Edges first.
                    self.out = nn.Linear(8, 2)

                def forward(self, image):
                    h = torch.relu(nn.Conv2d(1, 8, 3, padding=1).to(image.device)(image))
                    return self.out(h.mean((2, 3)))
            """,
        ),
    )
    untouched = (
        "class Net(nn.Module):\n    def __init__(self):\n        self.fc = nn.Linear(2, 2)\n"
        "    def forward(self, x):\n        return self.fc(x)\n",
        "class Net(nn.Module):\n    def __init__(self):\n        self.a = nn.Linear(2, 2)\n"
        "        self.b = nn.Linear(2, 2)\n    def forward(self, x):\n        return self.a(self.a(x))\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Move a layer that is called once from `__init__` to where it is called."""
        classes = class_names(script)
        for model in model_classes(script):
            parts = [part for part in model.parts if builds_parameters(part.value, classes)]
            for part in parts:
                edits = _moved(script, model, part, self.telling) if called(part.value) in _RANDOM else None
                if len(parts) > 1 and edits is not None:
                    yield Break(f"{model.scope}.__init__", part.name, part.statement, edits)


def _moved(script: Script, model: ModelClass, part: Part, telling: str) -> Edits | None:
    """The edits that build the layer where it is used; None when it is used otherwise than by one call."""
    layer = cast(cst.Call, part.value)
    uses = uses_of(script, model, part.name)
    if len(uses) != 1 or model.init is None or uses[0].scope == f"{model.scope}.__init__":
        return None
    user = next((node for node in reversed(uses[0].ancestors) if isinstance(node, cst.FunctionDef)), None)
    call = uses[0].ancestors[-1]
    if user is None or not isinstance(call, cst.Call) or call.func is not uses[0].node:
        return None
    local = _local_names(model.init)
    needed = [name for name in dict.fromkeys(_names_in(layer)) if name in local]
    attributes = {existing.name for existing in model.parts}
    stored = _stored(model)
    if any(name in attributes and name not in stored for name in needed if name != part.name):
        return None
    if part.name in needed:
        return None
    missing = [name for name in needed if name not in stored]
    built = cast(cst.BaseExpression, layer.visit(_Renamed(needed)))
    if "device" in script.module.code and len(user.params.params) > 1:
        text = f"{script.module.code_for_node(built)}.to({user.params.params[1].name.value}.device)"
        built = cst.parse_expression(text)
    statements = model.init.body.body
    index = next(i for i, statement in enumerate(statements) if statement is part.statement)
    if missing:
        lines = [cast(cst.SimpleStatementLine, cst.parse_statement(f"self.{name} = {name}\n")) for name in missing]
        lines[0] = lines[0].with_changes(leading_lines=heading(part.statement, telling))
        return {part.statement: lambda _: lines, uses[0].node: by(built)}
    body = cast("list[cst.BaseStatement]", list(statements))
    return {**removal(body, index, telling=telling), uses[0].node: by(built)}


def _local_names(function: cst.FunctionDef) -> set[str]:
    """Names that mean something only inside the function: its parameters and what it assigns."""
    params = function.params
    names = {p.name.value for p in (*params.params, *params.kwonly_params, *params.posonly_params)}
    for node in _descendants(function.body):
        if isinstance(node, (cst.AssignTarget, cst.CompFor)):
            names.update(name for name in _names_in(node.target))
    return names - {"self"}


def _names_in(node: cst.CSTNode) -> Iterator[str]:
    """The bare names in an expression: neither attributes nor keywords."""
    if isinstance(node, cst.Name):
        yield node.value
    elif isinstance(node, (cst.Attribute, cst.Arg)):
        yield from _names_in(node.value)
    else:
        for child in node.children:
            yield from _names_in(child)


def _descendants(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for child in node.children:
        yield child
        yield from _descendants(child)


def _stored(model: ModelClass) -> set[str]:
    """The arguments that `__init__` keeps under their own names."""
    assert model.init is not None
    found: set[str] = set()
    for node in _descendants(model.init.body):
        if isinstance(node, cst.Assign) and isinstance(node.value, cst.Name):
            name = node.value.value
            found.update(name for target in node.targets if dotted(target.target) == f"self.{name}")
    return found


class _Renamed(cst.CSTTransformer):
    """Names of `__init__` as attributes."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self._names = names

    def visit_Attribute_attr(self, node: cst.Attribute) -> None:
        return None

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.Attribute:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        if original_node.value in self._names:
            return cst.Attribute(cst.Name("self"), cst.Name(original_node.value))
        return updated_node
