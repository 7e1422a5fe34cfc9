"""A call in one line, for messages: what was called with what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from torchdojo.judge.proxies.handle import Handle, label_of

_LONGEST = 200


def described(target: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """E.g. "focal_loss(float32[4, 3], int64[4], gamma=2.0)"."""
    words = [shown(value) for value in args] + [f"{name}={shown(value)}" for name, value in kwargs.items()]
    return f"{label_of(target) if isinstance(target, Handle) else 'call'}({', '.join(words)})"


def shown(value: Any) -> str:
    """A value as one would speak of it: tensors by dtype and shape."""
    if isinstance(value, torch.Tensor):
        return f"{str(value.dtype)[6:]}{list(value.shape)}"
    if isinstance(value, Handle):
        return label_of(value)
    if type(value) in (list, tuple) and len(value) <= 4:
        inner = ", ".join(map(shown, value))
        return f"[{inner}]" if type(value) is list else f"({inner})"
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
