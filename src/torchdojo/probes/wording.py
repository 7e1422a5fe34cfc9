"""Numbers in sentences."""

from __future__ import annotations

from collections.abc import Iterable


def counted(number: int, thing: str, things: str = "") -> str:
    """ "1 step", "19 steps", "1,200 rows"."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def share(part: int, whole: int) -> str:
    """ "12 of 380"."""
    return f"{part:,} of {whole:,}"


def shape(dims: Iterable[int]) -> str:
    """ "(32, 1)", and "(32,)" for one dimension, as Python prints them."""
    return str(tuple(dims))
