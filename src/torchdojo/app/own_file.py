"""The learner's own file can be run to be graded: a few lines are added when it is written, and left out when shown.

They stand above the first import, so that running the file neither loads PyTorch nor runs an unfinished answer. They
are nothing to the judge: it imports a submission under another name, so they never run there, and line numbers stay
those of the file.
"""

from __future__ import annotations

import ast
import json
import re
import shlex

from torchdojo.domain.exercise import Exercise, Kind
from torchdojo.library.roots import shipped_root

_FIRST = 'if __name__ == "__main__":  # Running this file grades it. Without these lines it is an ordinary script.'
_ADDED = re.compile(rf"^{re.escape(_FIRST)}\n(?:[ \t]+.*\n)+\n?", re.MULTILINE)


def grades_itself(exercise: Exercise) -> bool:
    """Whether the exercise's file is graded by running it: scripts to debug run themselves."""
    return exercise.kind is Kind.IMPLEMENT


def with_grading(exercise: Exercise, source: str) -> str:
    """`source` as it is written into the learner's folder."""
    if not grades_itself(exercise):
        return source
    lines = source.splitlines(keepends=True)
    place = _first_import(source)
    return "".join([*lines[:place], _lines(exercise), "\n", *lines[place:]])


def without_grading(source: str) -> str:
    """`source` without the lines that `with_grading` adds, if they are there unchanged."""
    return _ADDED.sub("", source, count=1)


def _lines(exercise: Exercise) -> str:
    root = str(exercise.folder.parents[1])
    content = [] if root == str(shipped_root()) else [root]
    command = shlex.join(["torchdojo", *(f"--content={root}" for root in content), "grade", exercise.id])
    arguments = ", ".join([json.dumps(exercise.id), "__file__", *(json.dumps(root) for root in content)])
    return (
        f"{_FIRST}\n"
        "    try:\n"
        "        import torchdojo\n"
        "    except ImportError:\n"
        f"        raise SystemExit({json.dumps(f'This Python has no torchdojo. To grade: {command} ')} + __file__)\n"
        f"    torchdojo.grade_file({arguments})\n"
    )


def _first_import(source: str) -> int:
    """How many lines come first whatever happens: the docstring and `from __future__`."""
    for number, statement in enumerate(ast.parse(source).body):
        docstring = number == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if not docstring and not future:
            decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
            return min([statement.lineno, *(decorator.lineno for decorator in decorators)]) - 1
    return len(source.splitlines())
