"""Values in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch


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


def number(value: float) -> str:
    """A figure short enough to read: 6 significant digits."""
    return f"{value:.6g}"


def place(index: Sequence[int]) -> str:
    """An index as one would write it, e.g. "[0, 2]"; "" for a scalar."""
    return f"[{', '.join(map(str, index))}]" if index else ""
