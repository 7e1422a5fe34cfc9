"""Where two plain values part: the first index or key, and what stands there on either side."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from torchdojo.checkers.naming import told


def first_difference(got: Any, expected: Any) -> str:
    """What sets `got` apart, as the rest of a sentence about it, e.g. "differs first at [2]: got 5, expected 7."

    "" when nothing does. Lists, tuples and dicts are looked into, however deep; tensors in them have to be the same.
    """
    if equal(got, expected):
        return ""
    path, one, other = "", got, expected
    while (step := _step(one, other)) is not None:
        where, one, other = step
        path += where
    if not path:
        return f"is {told(got)}, expected {told(expected)}.{_missing(one, other)}"
    inner = _missing(one, other)
    return f"differs first at {path}: got {told(one)}, expected {told(other)}.{inner}{_lengths(got, expected)}"


def equal(got: Any, expected: Any) -> bool:
    """Whether two values are the same, tensors in lists, tuples and dicts element by element."""
    if isinstance(got, torch.Tensor) and isinstance(expected, torch.Tensor):
        same_kind = got.shape == expected.shape and got.dtype == expected.dtype
        return same_kind and bool(torch.equal(got.detach(), expected.detach()))
    if _sequences(got, expected):
        return len(got) == len(expected) and all(map(_same, got, expected))
    if isinstance(got, dict) and isinstance(expected, dict):
        ordered = isinstance(got, OrderedDict) and isinstance(expected, OrderedDict)
        keys = list(got) == list(expected) if ordered else got.keys() == expected.keys()
        return keys and all(_same(got[key], value) for key, value in expected.items())
    same: Any = got == expected
    if isinstance(same, torch.Tensor):  # Beside a plain number a tensor of one element may stand for it.
        return same.numel() == 1 and bool(same)
    return bool(same)


def _same(got: Any, expected: Any) -> bool:
    return got is expected or equal(got, expected)  # NaN is itself in a list, as it is for Python.


def _sequences(got: Any, expected: Any) -> bool:
    return type(got) is type(expected) and isinstance(got, (list, tuple))


def first_unequal(got: Sequence[Any], expected: Sequence[Any]) -> int:
    """The first index at which two sequences differ; the length of the shorter one when it begins the other."""
    pairs = enumerate(zip(got, expected, strict=False))
    return next((at for at, (one, other) in pairs if not _same(one, other)), min(len(got), len(expected)))


def _step(got: Any, expected: Any) -> tuple[str, Any, Any] | None:
    """One level down: the index, and what stands there; None where there is nothing further down to compare."""
    if _sequences(got, expected):
        at = first_unequal(got, expected)
        return (f"[{at}]", got[at], expected[at]) if at < min(len(got), len(expected)) else None
    if isinstance(got, dict) and isinstance(expected, dict) and got.keys() == expected.keys():
        for key, value in expected.items():
            if not _same(got[key], value):
                return f"[{key!r}]", got[key], value
    return None


def _missing(got: Any, expected: Any) -> str:
    """What one side has and the other has not."""
    if _sequences(got, expected) and len(got) != len(expected):
        at, longer = min(len(got), len(expected)), max(got, expected, key=len)
        who = "yours" if longer is got else "the expected one"
        return f" Up to there they are the same; {who} goes on at [{at}] with {told(longer[at])}."
    if isinstance(got, (Mapping, set, frozenset)) and isinstance(expected, (Mapping, set, frozenset)):
        lacking = [key for key in expected if key not in got]
        extra = [key for key in got if key not in expected]
        lacks = f" It lacks {told(lacking[0])}." if lacking else ""
        return lacks + (f" It has {told(extra[0])}, which does not belong there." if extra else "")
    return ""


def _lengths(got: Any, expected: Any) -> str:
    if _sequences(got, expected) and len(got) != len(expected):
        return f" It has {len(got)} items, expected {len(expected)}."
    return ""
