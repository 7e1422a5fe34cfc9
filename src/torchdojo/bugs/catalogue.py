"""The bug kinds, found by walking the folder `kinds`."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from torchdojo.bugs import kinds
from torchdojo.bugs.kind import BugKind


def bug_kind(slug: str) -> BugKind | None:
    """One kind, without loading the others; None when there is none of this name."""
    name = slug.replace("-", "_")
    if name not in {info.name for info in pkgutil.iter_modules(kinds.__path__)}:
        return None
    return next((kind for kind in _in_module(name) if kind.slug == slug), None)


@cache
def bug_kinds() -> Mapping[str, BugKind]:
    """Every kind by its slug, in alphabetical order."""
    found = {kind.slug: kind for info in pkgutil.iter_modules(kinds.__path__) for kind in _in_module(info.name)}
    return MappingProxyType(dict(sorted(found.items())))


def _in_module(name: str) -> Iterator[BugKind]:
    module = importlib.import_module(f"{kinds.__name__}.{name}")
    for _, candidate in inspect.getmembers(module, inspect.isclass):
        if issubclass(candidate, BugKind) and candidate.__module__ == module.__name__:
            yield candidate()
