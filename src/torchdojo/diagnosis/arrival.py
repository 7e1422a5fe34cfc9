"""Told when the script has imported torch: the moment from which a run can be recorded."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from types import ModuleType
from typing import Any


def when_torch_is_there(call: Callable[[], None], *, coming: Callable[[], None]) -> None:
    """Call at once when torch is imported already, else as soon as it is; `coming` when its import begins."""
    if "torch" in sys.modules:
        call()
    else:
        sys.meta_path.insert(0, _Waiting(call, coming))


class _Waiting(importlib.abc.MetaPathFinder):
    def __init__(self, call: Callable[[], None], coming: Callable[[], None]) -> None:
        self._call = call
        self._coming = coming

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != "torch":
            return None
        sys.meta_path.remove(self)
        spec = find_spec("torch")
        if spec is None or spec.loader is None:
            sys.meta_path.insert(0, self)
        else:
            self._coming()
            _tell_after(spec.loader, self._call)
        return spec


def _tell_after(loader: Any, call: Callable[[], None]) -> None:
    """Of this one loader object, which torch alone has."""
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        del loader.exec_module
        execute(module)
        call()

    loader.exec_module = exec_module
