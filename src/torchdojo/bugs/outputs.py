"""Activations put between a model and its loss: on the model's last layer, on what it returns, or at the loss."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import libcst as cst

from torchdojo.bugs.edits import Edit, by
from torchdojo.bugs.kind import Break
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import assigned_names, called, dotted, expression


@dataclass(frozen=True, slots=True)
class Activation:
    """An activation as a function of torch ("softmax") and as a layer ("Softmax"), with its arguments ("dim=1")."""

    function: str
    layer: str
    arguments: str = ""


def activations(script: Script, activation: Activation, losses: Collection[str]) -> Iterator[Break]:
    """Append the activation as a layer, or wrap what `forward` returns or what a loss of these names is given."""
    name = _function_name(script, activation)
    for spot in script.of(cst.Call, cst.Return):
        node = spot.node
        if isinstance(node, cst.Return):
            if spot.scope.endswith(".forward") and node.value is not None and not _is_there(node.value, activation):
                place: tuple[str, str, cst.CSTNode] = (spot.scope, "return", node)
                if not isinstance(node.value, (cst.Tuple, cst.Dict)):
                    yield Break(*place, {node.value: _wrapped(script, node.value, name, activation)})
        elif isinstance(node, cst.Call) and node.args:
            first, last = node.args[0].value, node.args[-1].value
            if called(node) == "Sequential" and called(last) == "Linear" and "." in dotted(_callee(last)):
                place = (spot.scope, next(iter(assigned_names(spot)), "Sequential"), node)
                yield Break(*place, {node: by(_with_layer(node, activation))})
            elif called(node) in losses and len(node.args) > 1 and not _is_there(first, activation):
                place = (spot.scope, called(node), node)
                yield Break(*place, {first: _wrapped(script, first, name, activation)})


def _callee(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.func if isinstance(node, cst.Call) else node


def _function_name(script: Script, activation: Activation) -> str:
    imported = any(
        isinstance(spot.node, cst.ImportAlias) and spot.node.evaluated_alias == "F"
        for spot in script.of(cst.ImportAlias)
    )
    # torch.nn.functional.sigmoid is deprecated: nobody writes it any more.
    return (
        f"F.{activation.function}" if imported and activation.function != "sigmoid" else f"torch.{activation.function}"
    )


def _is_there(node: cst.BaseExpression, activation: Activation) -> bool:
    return activation.function in called(node)


def _wrapped(script: Script, node: cst.BaseExpression, name: str, activation: Activation) -> Edit:
    arguments = f", {activation.arguments}" if activation.arguments else ""
    return by(expression(f"{name}({script.code(node)}{arguments})"))


def _with_layer(call: cst.Call, activation: Activation) -> cst.Call:
    """The Sequential with one layer more, laid out like the layers before it."""
    *before, last = call.args
    prefix = dotted(_callee(last.value)).rpartition(".")[0]
    between = before[-1] if before else cst.Arg(last.value, comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
    layer = expression(f"{prefix}.{activation.layer}({activation.arguments})")
    return call.with_changes(
        args=[
            *before,
            last.with_changes(comma=between.comma, whitespace_after_arg=between.whitespace_after_arg),
            last.with_changes(value=layer),
        ]
    )
