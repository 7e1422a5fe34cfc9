"""Where in a submission to look when a check failed without an exception: at what was called."""

from __future__ import annotations

import ast
import warnings
from dataclasses import replace

from torchdojo.domain.report import CheckResult, Report


def with_places(report: Report, source: str) -> Report:
    """The report with the definition of what was called as the place of every failed check that names none."""
    if not any(_lacks_place(check) for check in report.checks):
        return report
    lines = _definitions(source)
    return replace(report, checks=tuple(_placed(check, lines) for check in report.checks))


def _placed(check: CheckResult, lines: dict[str, int]) -> CheckResult:
    if not _lacks_place(check):
        return check
    assert check.failure is not None
    name = check.failure.called
    # What a class does not define itself, e.g. an inherited method, is looked for in the class.
    known = next((known for known in (name, name.rpartition(".")[0]) if known in lines), None)
    return check if known is None else replace(check, where=f"line {lines[known]}, {known}")


def _lacks_place(check: CheckResult) -> bool:
    return check.failed and not check.where and check.failure is not None and bool(check.failure.called)


def _definitions(source: str) -> dict[str, int]:
    """The line of every function, class and method of the module, by dotted name; the last one wins, as in Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    lines: dict[str, int] = {}
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            lines[node.name] = node.lineno
        if isinstance(node, ast.ClassDef):
            methods = [part for part in node.body if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef))]
            lines |= {f"{node.name}.{method.name}": method.lineno for method in methods}
    return lines
