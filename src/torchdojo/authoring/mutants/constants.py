"""Changed constants: dims, other numbers, flags, infinities."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from torchdojo.authoring.mutants.edits import Edit, constant, expression
from torchdojo.authoring.mutants.functions import DIM_FUNCTIONS
from torchdojo.authoring.mutants.script import Place, Script, called, number

_DIM_KEYWORDS = ("dim", "dims", "axis", "dim0", "dim1", "start_dim", "end_dim")

#: Where -1 stands for "whatever fits".
_INFERRING = ("view", "reshape", "unflatten", "expand")
#: Below this a number stands for "nearly nothing".
_TINY = 1e-3


def dim(script: Script, node: Place) -> Iterator[Edit]:
    """`dim=-1` becomes `dim=0`, `dim=1` becomes `dim=0`, `dim=0` becomes `dim=1`."""
    if isinstance(node, ast.expr) and _is_dim(script, node):
        value = number(node)
        assert isinstance(value, int)
        other = 1 if value == 0 else value + 1 if value < 0 else value - 1
        parent = script.parents[node]
        beside = [number(argument) for argument in parent.args] if isinstance(parent, ast.Call) else []
        if other not in beside:  # transpose(1, 1) is a transpose left out
            yield Edit(node, constant(other))


def value(script: Script, node: Place) -> Iterator[Edit]:
    """Another number: `n + 1` for a whole one, the double of a broken one, the hundredfold of a tiny one."""
    if not isinstance(node, ast.expr) or number(script.parents[node]) is not None or _is_dim(script, node):
        return
    found = number(node)
    if found == -1 and called(script.parents[node]) in _INFERRING:
        return
    if isinstance(found, int):
        yield Edit(node, constant(found + 1))
        if _counts(script, node):
            yield Edit(node, constant(found - 1))
    elif isinstance(found, float):
        factor = 100.0 if 0 < abs(found) < _TINY else 2.0
        other = found * factor if found else 1.0
        yield Edit(node, constant(float(f"{other:.6g}")))


def negated(script: Script, node: Place) -> Iterator[Edit]:
    """`-0.5` becomes `0.5`; a negative index is another matter."""
    found = number(node)
    if isinstance(node, ast.UnaryOp) and isinstance(found, float) and number(script.parents[node]) is None:
        yield Edit(node, node.operand)


def flag(script: Script, node: Place) -> Iterator[Edit]:
    """`True` becomes `False`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield Edit(node, constant(not node.value))


def infinity(script: Script, node: Place) -> Iterator[Edit]:
    """Minus infinity becomes 0: the mask that is no mask."""
    if isinstance(node, ast.expr) and ast.unparse(node).replace('"', "'") in _MINUS_INFINITIES:
        yield Edit(node, constant(0.0))


_MINUS_INFINITIES = ("float('-inf')", "-torch.inf", "-math.inf", "-float('inf')", "-np.inf", "-inf")


def default(script: Script, node: Place) -> Iterator[Edit]:
    """A text that stands for an argument left out becomes another."""
    parent = script.parents[node]
    if isinstance(parent, ast.arguments) and isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield Edit(node, expression(repr(f"other than {node.value}")))


def _is_dim(script: Script, node: ast.expr) -> bool:
    if not isinstance(number(node), int) or number(script.parents[node]) is not None:
        return False
    parent = script.parents[node]
    if isinstance(parent, ast.Tuple):
        parent = script.parents[parent]
    if isinstance(parent, ast.keyword):
        return parent.arg in _DIM_KEYWORDS
    return called(parent) in DIM_FUNCTIONS and isinstance(parent, ast.Call) and node is not parent.func


def _counts(script: Script, node: ast.expr) -> bool:
    """Whether the number is an index, a bound or a count, where both neighbours are likely mistakes."""
    parent = script.parents[node]
    return isinstance(parent, (ast.Subscript, ast.Slice)) or called(parent) in ("range", "arange", "tril", "triu")
