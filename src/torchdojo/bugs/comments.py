"""Comments and docstrings that would give a planted bug away."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Sequence

#: Words no starter may use in a comment, whatever is planted.
_ALWAYS = r"\bbugs?\b|\bbuggy\b|\bbroken\b|\bfix(ed|me)?\b"


def drop_telling_comments(source: str, patterns: Sequence[str]) -> str:
    """`source` without the comments that match; a comment of several lines goes as a whole."""
    telling = _any_of(patterns)
    lines = source.splitlines(keepends=True)
    comments = {
        token.start[0]: token.start[1]
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    gone: set[int] = set()
    for run in _runs(comments, lines):
        text = " ".join(lines[number - 1][comments[number] :].strip("# \n") for number in run)
        if telling.search(text):
            gone.update(run)
    kept = []
    for number, line in enumerate(lines, start=1):
        if number not in gone:
            kept.append(line)
        elif code := line[: comments[number]].rstrip():
            kept.append(code + "\n")
    return "".join(kept)


def telling_docstring(tree: ast.Module, patterns: Sequence[str]) -> str | None:
    """The first docstring that matches, None when there is none."""
    telling = _any_of(patterns)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            text = ast.get_docstring(node)
            if text and telling.search(" ".join(text.split())):
                return text
    return None


def _runs(comments: dict[int, int], lines: list[str]) -> list[list[int]]:
    """Line numbers of comments, whole-line comments that follow each other at one indent taken together."""
    runs: list[list[int]] = []
    for number, column in comments.items():
        alone = not lines[number - 1][:column].strip()
        if runs and alone and runs[-1][-1] == number - 1:
            before = comments[number - 1]
            if before == column and not lines[number - 2][:before].strip():
                runs[-1].append(number)
                continue
        runs.append([number])
    return runs


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join([_ALWAYS, *patterns]), re.IGNORECASE)
