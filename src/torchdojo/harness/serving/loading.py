"""A submission or its checks' helpers as an ordinary module: imported, not run as a program."""

from __future__ import annotations

import linecache
import sys
from types import ModuleType


def load_module(source: str, file: str, name: str) -> ModuleType:
    """Execute the text, which comes from `file`, as module `name`. Raises whatever it raises."""
    module = ModuleType(name)
    module.__file__ = file
    # Pickled classes and dataclasses look their module up by name.
    sys.modules[name] = module
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec", dont_inherit=True), module.__dict__)
    return module
