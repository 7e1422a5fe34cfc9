"""A preload with work that can wait."""

from __future__ import annotations

from collections.abc import Iterator

DONE: list[int] = []


def chores() -> Iterator[None]:
    """Three steps."""
    for number in range(3):
        DONE.append(number)
        yield


def tell(context: object) -> int:
    """How many steps were taken before this job was forked."""
    return len(DONE)
