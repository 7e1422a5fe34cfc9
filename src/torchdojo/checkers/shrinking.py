"""The smallest case on which a check fails."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any


def smallest_failing(cases: Iterable[Any], check: Callable[[Any], Any]) -> None:
    """Run `check(case)` for every case, the smallest first, and fail with the first failure and its case.

    Shapes (tuples or lists of integers) are ordered by how many elements they have, numbers by their size. Where any
    case is something else, they all run in the order given.
    """
    given = [tuple(case) if isinstance(case, (list, tuple)) else case for case in cases]
    sizes = [_size(case) for case in given]
    known = [size for size in sizes if size is not None]
    order = sorted(range(len(given)), key=known.__getitem__) if len(known) == len(given) else range(len(given))
    for at in order:
        try:
            check(given[at])
        except AssertionError as error:
            error.args = (f"{error} {_told(given[at])}",)
            raise


def _size(case: Any) -> tuple[float, tuple[Any, ...]] | None:
    """What a case is ordered by; None for one that has no size."""
    if isinstance(case, (int, float)):
        return abs(case), (case,)
    if isinstance(case, tuple) and all(isinstance(part, int) for part in case):
        return math.prod(case), case
    return None


def _told(case: Any) -> str:
    if isinstance(case, tuple) and _size(case) is not None:
        return f"The smallest input on which this shows has the shape {case}."
    return f"The first case on which this shows, smallest first, is {case!r}."
