"""Finding the tensors in what was handed in or came out.

Only those that hold a number in each place: sparse ones, as the neighbours in a graph, have no rows to tell apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from torchdojo.harness.originals import Tensor, layout_of

_strided = torch.strided
_MOST = 8
_DEPTH = 3


def first_tensor(args: Any, kwargs: Mapping[str, Any] | None = None) -> Any:
    """The first tensor among arguments, looking into tuples, lists and dicts; None when there is none."""
    if args and is_dense(args[0]):
        return args[0]
    found = tensors_in([*args, *(kwargs or {}).values()])
    return found[0] if found else None


def tensors_in(value: Any) -> list[Any]:
    """The first few tensors of a value: itself, or inside tuples, lists, dicts, dataclasses and their like."""
    if is_dense(value):
        return [value]
    found: list[Any] = []
    _collect(value, found, _DEPTH)
    return found


def _collect(value: Any, found: list[Any], depth: int) -> None:
    if isinstance(value, Tensor):
        if is_dense(value):
            found.append(value)
    elif depth and value is not None:
        if isinstance(value, Mapping):
            value = list(value.values())
        elif hasattr(value, "__dataclass_fields__"):
            value = list(vars(value).values())
        if isinstance(value, (list, tuple)):
            for inner in value[: 4 * _MOST]:
                if len(found) < _MOST:
                    _collect(inner, found, depth - 1)


def is_dense(value: Any) -> bool:
    """Whether this is a tensor with a number in each place."""
    return isinstance(value, Tensor) and layout_of(value) is _strided
