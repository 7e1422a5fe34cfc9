"""The names of the checks, read from checks.py without running it."""

from __future__ import annotations

import ast

from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise

#: The check that every exercise has without writing it: inputs stay as they are unless a check allows the change.
PURITY = "test_inputs_are_left_alone"

#: Another: no call leaves gradients, the default dtype or the default device other than it found them.
SETTINGS = "test_settings_are_left_alone"


def check_names(exercise: Exercise) -> list[str]:
    """Every check in the order it runs. Raises BadContent for one that says nothing, or stands there twice."""
    file = exercise.folder / "checks.py"
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        raise BadContent(f"{file} does not parse: {error}.", "Mend it.") from error
    names: list[str] = []
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
            continue
        place = f"{file}, line {node.lineno}: {node.name}"
        if node.name in names:
            raise BadContent(f"{place} replaces a check of the same name.", "Rename one of them.")
        if not ast.get_docstring(node):
            raise BadContent(
                f"{place} has no docstring.", "Write what is likely wrong when it fails, and where to look."
            )
        names.append(node.name)
    if not names:
        raise BadContent(f"{file} holds no check.", "Write functions called test_...")
    return names
