"""Imports of ours that leave no trace in the script's: neither gets the other's modules."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def own_imports(folder: str) -> Iterator[None]:
    """Inside, nothing is imported from the script's folder; afterwards its `random.py` is what the script gets.

    Modules that the script has already are left alone.
    """
    before, path = set(sys.modules), list(sys.path)
    sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry or os.curdir) != folder]
    try:
        yield
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - before:
            first = name.partition(".")[0]
            if first != "torchdojo" and _lies_in(folder, first):
                del sys.modules[name]


def _lies_in(folder: str, module: str) -> bool:
    return any(os.path.exists(os.path.join(folder, found)) for found in (module + ".py", module))
