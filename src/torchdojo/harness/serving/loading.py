"""A submission as an ordinary module: imported, not run as a program."""

from __future__ import annotations

import linecache
import sys
from pathlib import Path
from types import ModuleType


def load_module(path: Path, name: str) -> ModuleType:
    """Execute the file as module `name`. Raises whatever the file raises."""
    source = path.read_text(encoding="utf-8")
    module = ModuleType(name)
    module.__file__ = str(path)
    # Pickled classes and dataclasses look their module up by name.
    sys.modules[name] = module
    linecache.cache[str(path)] = (len(source), None, source.splitlines(keepends=True), str(path))
    exec(compile(source, str(path), "exec", dont_inherit=True), module.__dict__)
    return module
