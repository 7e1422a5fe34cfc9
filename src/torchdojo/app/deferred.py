"""A port whose adapter is made when it is first used, so that `--help` pays for nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")


class _Deferred(Generic[T]):
    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: T | None = None
        self._making = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        with self._making:
            if self._made is None:
                self._made = self._make()
        return getattr(self._made, name)

    def close(self) -> None:
        """Close the adapter if it was ever made."""
        with self._making:
            if self._made is not None:
                cast(Any, self._made).close()


def deferred(make: Callable[[], T]) -> T:
    """Something that behaves like `make()`, which is called when the first attribute is asked for."""
    return cast(T, _Deferred(make))
