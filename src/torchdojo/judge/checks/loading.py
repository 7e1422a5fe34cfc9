"""checks.py, solution.py and support.py as modules of the judge's process: our own files, freshly executed."""

from __future__ import annotations

import ast
import linecache
import sys
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType

from torchdojo.judge.checks.asserts import with_values
from torchdojo.judge.checks.faults import ContentFault, in_words, place_of


@dataclass(frozen=True, slots=True)
class Loaded:
    """The modules of one exercise."""

    checks: ModuleType
    reference: ModuleType


#: Code of files that were compiled ahead, by path and text.
_ahead: dict[tuple[str, str], CodeType] = {}


def compile_ahead(folder: Path) -> None:
    """Keep the code of the exercise's files, for `load_checks` in children of this process. Faults are left to that."""
    for name in ("support.py", "solution.py", "checks.py"):
        path = folder / name
        try:
            source = path.read_text(encoding="utf-8")
            _ahead[str(path), source] = _code(source, path)
        except (OSError, SyntaxError, ValueError):
            continue


def load_checks(folder: Path) -> Loaded:
    """Execute the exercise's files. Raises ContentFault for whatever they raise."""
    try:
        return _loaded(folder)
    except Exception as error:
        raise ContentFault(f"{place_of(error, folder) or 'its files'}: {in_words(error)}") from error


def _loaded(folder: Path) -> Loaded:
    if (folder / "support.py").exists():
        _load(folder / "support.py", "support")
    reference = _load(folder / "solution.py", "solution")
    return Loaded(_load(folder / "checks.py", "checks"), reference)


def _load(path: Path, name: str) -> ModuleType:
    source = path.read_text(encoding="utf-8")
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    linecache.cache[str(path)] = (len(source), None, source.splitlines(keepends=True), str(path))
    exec(_ahead.get((str(path), source)) or _code(source, path), module.__dict__)
    return module


def _code(source: str, path: Path) -> CodeType:
    if path.name == "checks.py":
        return compiled(source, str(path))
    return compile(source, path, "exec", dont_inherit=True)


def compiled(source: str, path: str) -> CodeType:
    """The code of a checks.py; its bare assert statements tell the values they compared."""
    return compile(with_values(ast.parse(source, path)), path, "exec", dont_inherit=True)
