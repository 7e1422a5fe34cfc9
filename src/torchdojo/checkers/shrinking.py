"""The smallest input on which a check fails."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any


def smallest_failing(shapes: Iterable[Sequence[int]], check: Callable[[tuple[int, ...]], Any]) -> None:
    """Run `check(shape)` for every shape, the smallest first, and fail with the first failure and its shape."""
    for shape in sorted((tuple(shape) for shape in shapes), key=lambda sizes: (math.prod(sizes), sizes)):
        try:
            check(shape)
        except AssertionError as error:
            error.args = (f"{error} The smallest input on which this shows has the shape {shape}.",)
            raise
