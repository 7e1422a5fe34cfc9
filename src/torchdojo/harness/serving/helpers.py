"""The checks' helpers stay what they are: a submission that meets one of them could replace the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any

from torchdojo.harness.serving.opaque import opaque

#: What a class says it can do. Its other values may change: some helpers count.
_ABILITIES = (FunctionType, property, classmethod, staticmethod, type)


def sealed(module: ModuleType) -> Callable[[], str]:
    """A function that names a helper that has been replaced since; "" when there is none."""
    kept = tuple(_abilities(module))

    def replaced() -> str:
        for namespace, name, value in kept:
            if namespace.get(name) is not value:
                return name
        return ""

    look: Callable[[], str] = opaque(replaced)
    return look


def _abilities(module: ModuleType) -> Iterator[tuple[Mapping[str, Any], str, Any]]:
    for name, value in vars(module).items():
        if isinstance(value, _ABILITIES) and getattr(value, "__module__", None) == module.__name__:
            yield vars(module), name, value
            if isinstance(value, type):
                for attribute, ability in vars(value).items():
                    if isinstance(ability, _ABILITIES):
                        yield vars(value), attribute, ability
