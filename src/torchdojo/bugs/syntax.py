"""Small questions and answers about expressions and statements, shared by the bug kinds."""

from __future__ import annotations

import libcst as cst

from torchdojo.bugs.edits import Edit, by
from torchdojo.bugs.script import Script, Spot

#: Calls that hand their first argument on as a tensor or array: looked through when asking whose data it is.
_CONVERSIONS = {"from_numpy", "tensor", "as_tensor", "asarray", "array", "FloatTensor", "Tensor", "DoubleTensor"}


def dotted(node: cst.CSTNode) -> str:
    """ "torch.nn.Linear" for a chain of names, "" for anything else."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute) and (front := dotted(node.value)):
        return f"{front}.{node.attr.value}"
    return ""


def called(node: cst.CSTNode) -> str:
    """The last name of what is called, e.g. "Linear"; "" when the node is no call of a name."""
    if not isinstance(node, cst.Call):
        return ""
    if isinstance(node.func, cst.Attribute):
        return node.func.attr.value
    return node.func.value if isinstance(node.func, cst.Name) else ""


def receiver(node: cst.CSTNode, *methods: str) -> cst.BaseExpression | None:
    """`x` when the node is `x.method(...)` with one of these methods."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value in methods:
        return node.func.value
    return None


def keyword(call: cst.Call, name: str) -> cst.Arg | None:
    """The argument given by that keyword."""
    return next((arg for arg in call.args if arg.keyword is not None and arg.keyword.value == name), None)


def argument(call: cst.Call, position: int, name: str) -> cst.Arg | None:
    """The argument at that position, or given by that keyword."""
    if len(call.args) > position and call.args[position].keyword is None and not call.args[position].star:
        return call.args[position]
    return keyword(call, name)


def without_argument(call: cst.Call, argument: cst.Arg) -> cst.Call:
    """The call with one argument less, its last comma and layout tidy."""
    kept = [arg for arg in call.args if arg is not argument]
    if kept and argument is call.args[-1]:
        kept[-1] = kept[-1].with_changes(comma=argument.comma, whitespace_after_arg=argument.whitespace_after_arg)
    return call.with_changes(args=kept)


def with_argument(call: cst.Call, argument: str) -> cst.Call:
    """The call with one keyword argument more ("start=1"), laid out like those before it."""
    made = expression(f"f({argument})")
    assert isinstance(made, cst.Call)
    if not call.args:
        return call.with_changes(args=made.args)
    *before, last = call.args
    between = before[-1] if before else None
    comma = between.comma if between is not None else cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    first = last.with_changes(comma=comma, whitespace_after_arg=(between or last).whitespace_after_arg)
    new = made.args[0].with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
    return call.with_changes(args=[*before, first, new])


def expression(code: str) -> cst.BaseExpression:
    """The expression that the code spells."""
    return cst.parse_expression(code)


def owner(node: cst.CSTNode) -> str:
    """Whose value an expression is: "x" for `x.float()`, `torch.from_numpy(x)[:, None]`, `x * 2`."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Call):
        if called(node) in _CONVERSIONS and node.args:
            return owner(node.args[0].value)
        return owner(node.func)
    if isinstance(node, (cst.Attribute, cst.Subscript)):
        return owner(node.value)
    if isinstance(node, cst.BinaryOperation):
        return owner(node.left)
    return ""


def assigned_names(spot: Spot) -> list[str]:
    """The names (last parts) that the assignment round the spot gives a value to."""
    statement = spot.inside(cst.Assign, cst.AnnAssign)
    if isinstance(statement, cst.Assign):
        targets: list[cst.BaseExpression] = [target.target for target in statement.targets]
    elif isinstance(statement, cst.AnnAssign):
        targets = [statement.target]
    else:
        return []
    flat: list[cst.BaseExpression] = []
    for target in targets:
        flat.extend(element.value for element in target.elements) if isinstance(target, cst.Tuple) else flat.append(
            target
        )
    return [dotted(target).rpartition(".")[2] for target in flat]


def only_statement(node: cst.CSTNode) -> cst.BaseSmallStatement | None:
    """The one small statement on a line of its own."""
    if isinstance(node, cst.SimpleStatementLine) and len(node.body) == 1:
        return node.body[0]
    return None


def bare_call(node: cst.CSTNode) -> cst.Call | None:
    """The call that makes up a whole statement."""
    small = only_statement(node)
    return small.value if isinstance(small, cst.Expr) and isinstance(small.value, cst.Call) else None


def number(node: cst.CSTNode) -> float | None:
    """The value of a number literal, sign included."""
    if isinstance(node, (cst.Float, cst.Integer)):
        return float(node.evaluated_value)
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus):
        inner = number(node.expression)
        return None if inner is None else -inner
    return None


def imports(script: Script, name: str) -> bool:
    """Whether an import binds that name: "np", "F", "torch"."""
    for spot in script.of(cst.ImportAlias):
        alias = spot.node
        assert isinstance(alias, cst.ImportAlias)
        if (alias.evaluated_alias or alias.evaluated_name) == name:
            return True
    return False


def import_beside(script: Script, known: str, wanted: str) -> dict[cst.CSTNode, Edit] | None:
    """The edit that imports `wanted` from where `known` is imported; nothing to do when it already is, None if it
    cannot be."""
    if imports(script, wanted):
        return {}
    for spot in script.of(cst.ImportFrom):
        statement = spot.node
        assert isinstance(statement, cst.ImportFrom)
        if isinstance(statement.names, cst.ImportStar):
            continue
        names = list(statement.names)
        if not any(alias.evaluated_name == known and alias.asname is None for alias in names):
            continue
        last = names[-1]
        between = names[-2].comma if len(names) > 1 else cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        more = [*names[:-1], last.with_changes(comma=between), last.with_changes(name=cst.Name(wanted), asname=None)]
        return {statement: by(statement.with_changes(names=more))}
    return None


def seed_of(script: Script) -> str:
    """How the script writes its seed: a constant of its own, or 0."""
    for spot in script.of(cst.Assign):
        statement = spot.node
        assert isinstance(statement, cst.Assign)
        target = statement.targets[0].target
        if not spot.scope and isinstance(target, cst.Name) and target.value in ("SEED", "seed", "RANDOM_SEED"):
            return target.value
    return "0"
