"""The bug kinds, found by walking the folder `kinds`."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from torchdojo.bugs import kinds
from torchdojo.bugs.kind import BugKind


@cache
def bug_kinds() -> Mapping[str, BugKind]:
    """Every kind by its slug, in alphabetical order."""
    found: dict[str, BugKind] = {}
    for info in pkgutil.iter_modules(kinds.__path__):
        module = importlib.import_module(f"{kinds.__name__}.{info.name}")
        for _, candidate in inspect.getmembers(module, inspect.isclass):
            if issubclass(candidate, BugKind) and candidate.__module__ == module.__name__:
                found[candidate.slug] = candidate()
    return MappingProxyType(dict(sorted(found.items())))
