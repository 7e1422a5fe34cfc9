"""Values in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

#: How long a list or the like may be to be told in full.
_SHORT = 80


def named(value: Any) -> str:
    """What a value is, e.g. "a Tensor of shape (2, 3)", "None", "a list of 4"."""
    if value is None or isinstance(value, bool):
        return repr(value)
    if type(value) in (torch.Tensor, torch.nn.Parameter):
        return f"a Tensor of shape {tuple(value.shape)}"
    if isinstance(value, torch.Tensor):
        return f"a Tensor subclass ({type(value).__name__})"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the string {value[:60]!r}"
    if type(value) in (list, tuple, dict, set):
        return f"a {type(value).__name__} of {len(value)}"
    text = repr(value)
    return text if len(text) <= 100 else f"an object of type {type(value).__name__}"


def told(value: Any) -> str:
    """A value in words, lists, tuples, dicts and sets of plain values as they would be written, if that is short."""
    if type(value) in (list, tuple, dict, set, frozenset):
        text = repr(value)
        return text if len(text) <= _SHORT and "tensor(" not in text else named(value)
    return repr(value) if isinstance(value, (int, float, str)) and len(repr(value)) <= _SHORT else named(value)


def number(value: float) -> str:
    """A figure short enough to read: 6 significant digits."""
    return f"{value:.6g}"


def place(index: Sequence[int]) -> str:
    """An index as one would write it, e.g. "[0, 2]"; "" for a scalar."""
    return f"[{', '.join(map(str, index))}]" if index else ""
