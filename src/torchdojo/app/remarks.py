"""What is worth telling about a submission before it runs. Remarks never change a verdict."""

from __future__ import annotations

import ast
import warnings

from torchdojo.domain.exercise import Exercise, Kind


def remarks(exercise: Exercise, source: str) -> list[str]:
    """Names the task gave that are gone, and a script that starts nothing. Empty for text that is no Python."""
    if exercise.kind is not Kind.DEBUG:
        return []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    entries = exercise.entries
    told = []
    gone = [name for name in (entries.data, entries.model, entries.train, entries.validate) if name]
    gone = [name for name in gone if name not in _defined(tree)]
    if gone:
        told.append(
            f"The task's {_listed(gone)} {'is' if len(gone) == 1 else 'are'} not in your script. That is allowed: "
            "what the run does decides. Some values can then not be checked from outside."
        )
    if not any(_runs(statement) for statement in tree.body):
        told.append(f"Nothing in your script starts the training; the task's script ends by calling {entries.main}().")
    return told


def _defined(tree: ast.Module) -> set[str]:
    named: set[str] = set()
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AsyncFunctionDef(name=name):
                named.add(name)
            case ast.Assign(targets=targets):
                named.update(target.id for target in targets if isinstance(target, ast.Name))
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                named.update(alias.asname or alias.name for alias in names)
    return named


def _runs(statement: ast.stmt) -> bool:
    """Whether a top-level statement may do something: it is no definition, import, plain value or docstring."""
    match statement:
        case ast.FunctionDef() | ast.ClassDef() | ast.AsyncFunctionDef() | ast.Import() | ast.ImportFrom():
            return False
        case ast.Assign() | ast.AnnAssign() | ast.Expr():
            return any(isinstance(node, ast.Call) for node in ast.walk(statement)) and not isinstance(
                statement, (ast.Assign, ast.AnnAssign)
            )
        case ast.Pass():
            return False
    return True


def _listed(names: list[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
