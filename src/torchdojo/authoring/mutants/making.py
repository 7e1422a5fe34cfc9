"""Every mutant of a solution."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from torchdojo.authoring.mutants import calls, constants, operators, statements
from torchdojo.authoring.mutants.edits import Edit, Finder
from torchdojo.authoring.mutants.naming import named
from torchdojo.authoring.mutants.script import Script

#: Kinds of change, the most telling first.
KINDS: dict[str, Finder] = {
    "other function": calls.other_function,
    "left out": calls.left_out,
    "dim": constants.dim,
    "arithmetic": operators.arithmetic,
    "comparison": operators.comparison,
    "statement": statements.left_out,
    "number": constants.value,
    "swapped arguments": calls.swapped_arguments,
    "condition": operators.condition,
    "term": operators.dropped_term,
    "flag": constants.flag,
    "sign": operators.sign,
    "negated": constants.negated,
    "infinity": constants.infinity,
    "bound": calls.bound,
    "keyword": calls.dropped_keyword,
    "swapped operands": operators.swapped_operands,
    "default": constants.default,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """The solution with one small change. `id` tells the change and is the same on every machine."""

    id: str
    kind: str
    source: str


def mutants_of(source: str) -> list[Mutant]:
    """All mutants in the order of the text, none twice, each one a file that parses. Raises SyntaxError."""
    script = Script(source)
    seen = {ast.dump(script.tree)}
    names: Counter[str] = Counter()
    found = []
    for kind, edit in _edits(script):
        changed = _applied(script, edit)
        try:
            shape = ast.dump(ast.parse(changed))
        except (SyntaxError, ValueError):
            continue
        if shape in seen:
            continue
        seen.add(shape)
        name = named(script, edit)
        names[name] += 1
        found.append(Mutant(name if names[name] == 1 else f"{name} ({names[name]})", kind, changed))
    return found


def _edits(script: Script) -> Iterator[tuple[str, Edit]]:
    for node in script.nodes():
        for kind, finder in KINDS.items():
            for edit in finder(script, node):
                if not _does_nothing(script, edit):
                    yield kind, edit


def _does_nothing(script: Script, edit: Edit) -> bool:
    """Whether it makes `x = x`: that is the statement left out, under another name."""
    parent = script.parents[edit.node]
    if not isinstance(parent, ast.Assign) or edit.new is None or edit.node is not parent.value:
        return False
    return any(ast.unparse(target) == ast.unparse(edit.new) for target in parent.targets)


def _applied(script: Script, edit: Edit) -> str:
    if edit.new is None:
        return script.spliced(edit.node, "pass")
    text = ast.unparse(edit.new)
    loose = isinstance(edit.new, ast.expr) and not isinstance(
        edit.new, (ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.Dict)
    )
    return script.spliced(edit.node, f"({text})" if loose else text)
