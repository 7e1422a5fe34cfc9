"""Does solution.py have the names that exercise.toml speaks of? Answered from its syntax tree, never by running it."""

from __future__ import annotations

import ast

from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise


def check_script_names(exercise: Exercise) -> None:
    """Raise BadContent when solution.py does not parse, misses an entry, or never starts `main`."""
    file = exercise.folder / "solution.py"
    try:
        tree = ast.parse(exercise.solution, str(file))
    except (SyntaxError, ValueError) as error:
        raise BadContent(f"{file} does not parse: {error}.", "Mend it; the solution has to run.") from error
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    entries = exercise.entries
    for key, name, found, what in (
        ("data", entries.data, functions, "function"),
        ("model", entries.model, classes, "class"),
        ("train", entries.train, functions, "function"),
        ("validate", entries.validate, functions, "function"),
        ("main", entries.main, functions, "function"),
    ):
        if name and name not in found:
            raise BadContent(
                f"{exercise.folder / 'exercise.toml'}: [entries] `{key}` is {name!r}, a {what} that solution.py lacks.",
                f"Top-level {what}s there: {', '.join(sorted(found)) or 'none'}.",
            )
    if entries.main and not _starts(tree, entries.main):
        raise BadContent(
            f"{file} never calls {entries.main}() at its end.",
            f'Write `if __name__ == "__main__": {entries.main}()`.',
        )


def _starts(tree: ast.Module, name: str) -> bool:
    """Whether some top-level statement that is no definition calls `name`."""
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for statement in tree.body
        if not isinstance(statement, (ast.FunctionDef, ast.ClassDef))
        for node in ast.walk(statement)
    )
