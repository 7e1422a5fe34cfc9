"""Model classes in a script: what `__init__` builds, and where `forward` uses it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import called, dotted, only_statement

#: Layers of torch that have parameters of their own.
LAYERS = frozenset(
    {
        *("Linear", "Bilinear", "Embedding", "EmbeddingBag", "LazyLinear"),
        *("Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"),
        *("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "LayerNorm", "GroupNorm", "RMSNorm"),
        *("RNN", "GRU", "LSTM", "RNNCell", "GRUCell", "LSTMCell", "MultiheadAttention"),
        *("TransformerEncoder", "TransformerEncoderLayer", "TransformerDecoder", "TransformerDecoderLayer"),
    }
)
#: Containers that register what is in them.
CONTAINERS = frozenset({"Sequential", "ModuleList", "ModuleDict"})


@dataclass(frozen=True, slots=True)
class Part:
    """`self.NAME = value`, a statement of its own in a model's `__init__`."""

    name: str
    value: cst.BaseExpression
    statement: cst.SimpleStatementLine


@dataclass(frozen=True, slots=True)
class ModelClass:
    """A class derived from a Module."""

    node: cst.ClassDef
    scope: str
    init: cst.FunctionDef | None
    forward: cst.FunctionDef | None

    @property
    def parts(self) -> Iterator[Part]:
        """What `__init__` assigns to attributes, statement by statement, in the order of the text."""
        if self.init is None:
            return
        for statement in self.init.body.body:
            small = only_statement(statement)
            if isinstance(small, cst.Assign) and len(small.targets) == 1 and isinstance(small.value, cst.Call):
                target = dotted(small.targets[0].target)
                if target.startswith("self.") and target.count(".") == 1:
                    assert isinstance(statement, cst.SimpleStatementLine)
                    yield Part(target.removeprefix("self."), small.value, statement)


def model_classes(script: Script) -> Iterator[ModelClass]:
    """The classes derived from something called `...Module`, or from such a class."""
    known: set[str] = set()
    for spot in script.of(cst.ClassDef):
        node = spot.node
        assert isinstance(node, cst.ClassDef)
        bases = [dotted(base.value).rpartition(".")[2] for base in node.bases]
        if any(base.endswith("Module") or base in known for base in bases):
            known.add(node.name.value)
            scope = f"{spot.scope}.{node.name.value}" if spot.scope else node.name.value
            yield ModelClass(node, scope, _method(node, "__init__"), _method(node, "forward"))


def builds_parameters(value: cst.BaseExpression, classes: frozenset[str]) -> bool:
    """Whether the expression builds a layer with parameters: one of torch's, a container, or one of these classes."""
    return called(value) in LAYERS | CONTAINERS | classes


def class_names(script: Script) -> frozenset[str]:
    """The names of the script's own model classes."""
    return frozenset(model.node.name.value for model in model_classes(script))


def uses_of(script: Script, model: ModelClass, name: str) -> list[Spot]:
    """Where the class uses `self.NAME`, other than to assign it."""
    found = []
    for spot in script.of(cst.Attribute):
        inside = any(node is model.node for node in spot.ancestors)
        if inside and dotted(spot.node) == f"self.{name}" and not isinstance(spot.ancestors[-1], cst.AssignTarget):
            found.append(spot)
    return found


def _method(node: cst.ClassDef, name: str) -> cst.FunctionDef | None:
    for statement in node.body.body:
        if isinstance(statement, cst.FunctionDef) and statement.name.value == name:
            return statement
    return None
