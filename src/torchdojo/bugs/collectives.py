"""Collective calls of torch.distributed in a script, and what goes through them."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import argument, bare_call, called, dotted

#: Calls that leave a sum, or everybody's values, in their first argument.
REDUCING = {"all_reduce"}
GATHERING = {"all_gather", "all_gather_object"}

_WRAPPERS = {"DistributedDataParallel", "DDP"}


def collective(statement: cst.CSTNode) -> cst.Call | None:
    """The call when a statement is nothing but a collective call that reduces or gathers."""
    call = bare_call(statement)
    return call if call is not None and called(call) in REDUCING | GATHERING else None


def is_wrapper(node: cst.CSTNode) -> bool:
    """Whether the node wraps a model so that its gradients are averaged."""
    return called(node) in _WRAPPERS and isinstance(node, cst.Call) and bool(node.args)


def exchanges_gradients(script: Script, call: cst.Call, scope: str) -> bool:
    """Whether what is handed over is a gradient, a parameter, or was made of gradients or parameters."""
    given = argument(call, 0 if called(call) in REDUCING else 1, "tensor")
    if given is None:
        return False
    return _tells_of_weights(script.code(given.value)) or any(
        _tells_of_weights(made) for made in _made_of(script, dotted(given.value), scope)
    )


def average_gradients(script: Script) -> set[str]:
    """The functions of the script that do nothing but send gradients through collective calls."""
    senders = {
        block.scope.rpartition(".")[2]
        for block in script.blocks
        for statement in block.statements
        if (call := collective(statement)) is not None
        and block.scope
        and exchanges_gradients(script, call, block.scope)
    }
    training = {
        spot.node.name.value
        for spot in script.of(cst.FunctionDef)
        if isinstance(spot.node, cst.FunctionDef) and _trains(script.code(spot.node))
    }
    return senders - training


def _trains(code: str) -> bool:
    return ".backward(" in code or ".step(" in code


def _tells_of_weights(code: str) -> bool:
    return any(word in code for word in (".grad", "parameters()", "grads", "gradient", ".data", "state_dict"))


def _made_of(script: Script, name: str, scope: str) -> Iterator[str]:
    """What a name is given in its function, or runs over in a loop."""
    if not name:
        return
    for spot in script.of(cst.Assign, cst.For):
        node = spot.node
        if spot.scope != scope:
            continue
        if isinstance(node, cst.For) and name in _names(node.target):
            yield script.code(node.iter)
        elif isinstance(node, cst.Assign) and any(name in _names(target.target) for target in node.targets):
            yield script.code(node.value)


def _names(target: cst.BaseExpression) -> set[str]:
    if isinstance(target, (cst.Tuple, cst.List)):
        return {dotted(element.value) for element in target.elements}
    return {dotted(target)}
