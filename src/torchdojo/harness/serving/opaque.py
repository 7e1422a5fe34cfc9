"""A function that does not show what it calls."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any


def opaque(function: Callable[..., Any]) -> Any:
    """Calls `function` and keeps it to itself: written in C, with no attribute and no closure that leads there.

    Only the heap leads there, and whoever walks the heap is noticed.
    """
    shell: Any = lru_cache(maxsize=0)(function)  # caches nothing
    shell.__dict__.pop("cache_parameters", None)

    def outside(*args: Any, **kwargs: Any) -> Any:
        return shell(*args, **kwargs)

    shell.__wrapped__ = outside  # libraries expect there to be one
    return shell
