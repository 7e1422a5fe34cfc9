"""Does starter.py promise what solution.py keeps? Answered from their syntax trees, never by running them."""

from __future__ import annotations

import ast

from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def names_are_defined(exercise: Exercise) -> str:
    """solution.py defines every entry. Raises BadContent."""
    tree = _parsed(exercise, "solution.py", exercise.solution)
    known = _top_level(tree)
    for name in exercise.names:
        if name not in known:
            raise BadContent(
                f"{exercise.folder / 'solution.py'} defines no {name}, which `entries` lists.",
                f"It defines {', '.join(sorted(known)) or 'nothing'}.",
            )
    return f"solution.py defines {', '.join(exercise.names)}"


def signatures_agree(exercise: Exercise) -> str:
    """Every entry has the same parameters in both files, and the starter leaves something to write."""
    ours = _definitions(_parsed(exercise, "solution.py", exercise.solution))
    tree = _parsed(exercise, "starter.py", exercise.starter)
    theirs = _definitions(tree)
    file = exercise.folder / "starter.py"
    known = _top_level(tree)
    count = 0
    for name in exercise.names:
        if name not in known:
            raise BadContent(f"{file} defines no {name}.", "Define it as solution.py does, without its body.")
        if name not in ours:
            continue
        if name not in theirs or type(theirs[name]) is not type(ours[name]):
            raise BadContent(f"{file}: {name} is another kind of thing than in solution.py.", "Define it likewise.")
        for told, mine, yours in _pairs(ours[name], theirs[name]):
            count += 1
            if yours is None:
                raise BadContent(f"{file} lacks {told}, which solution.py has.", f"Write: {told}{mine}")
            if mine != yours:
                raise BadContent(f"{file}: {told}{yours} is {told}{mine} in solution.py.", "Make them the same.")
    if not any(isinstance(node, ast.Raise) and "NotImplementedError" in ast.unparse(node) for node in ast.walk(tree)):
        raise BadContent(
            f"{file} leaves nothing to write.", "End what is to be written in `raise NotImplementedError`."
        )
    return f"{count} signatures as in solution.py, the rest raises NotImplementedError"


def _pairs(ours: Definition, theirs: Definition) -> list[tuple[str, str, str | None]]:
    """What has to agree: its name, and how it reads in the solution and in the starter (None: not there)."""
    if not isinstance(ours, ast.ClassDef) or not isinstance(theirs, ast.ClassDef):
        return [(ours.name, _parameters(ours), _parameters(theirs))]
    pairs: list[tuple[str, str, str | None]] = [(f"class {ours.name}", _bases(ours), _bases(theirs))]
    methods, promised = _definitions(ours), _definitions(theirs)
    for name, method in methods.items():
        if name in promised:
            pairs.append((f"{ours.name}.{name}", _parameters(method), _parameters(promised[name])))
        elif name == "__init__" or not name.startswith("_"):
            pairs.append((f"{ours.name}.{name}", _parameters(method), None))
    return pairs


def _parameters(node: Definition) -> str:
    """The parameters as they would be written, without annotations."""
    if isinstance(node, ast.ClassDef):
        return _bases(node)
    bare = ast.parse(f"lambda {ast.unparse(_without_annotations(node.args))}: 0", mode="eval").body
    assert isinstance(bare, ast.Lambda)
    return f"({ast.unparse(bare.args)})"


def _without_annotations(arguments: ast.arguments) -> ast.arguments:
    copy = ast.parse(f"def f({ast.unparse(arguments)}): ...").body[0]
    assert isinstance(copy, ast.FunctionDef)
    for node in ast.walk(copy.args):
        if isinstance(node, ast.arg):
            node.annotation = None
    return copy.args


def _bases(node: ast.ClassDef) -> str:
    return f"({', '.join(ast.unparse(base) for base in node.bases)})"


def _definitions(node: ast.Module | ast.ClassDef) -> dict[str, Definition]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {part.name: part for part in node.body if isinstance(part, kinds)}


def _top_level(tree: ast.Module) -> set[str]:
    found = set(_definitions(tree))
    for statement in tree.body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            found |= {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
    return found


def _parsed(exercise: Exercise, name: str, source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise BadContent(f"{exercise.folder / name} does not parse: {error}.", "Mend it.") from error
