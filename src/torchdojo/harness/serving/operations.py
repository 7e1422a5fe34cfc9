"""What the judge may do with an object: the operations of Python, by name."""

from __future__ import annotations

import operator
import random
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch


def _call(target: Any, *args: Any, **kwargs: Any) -> Any:
    return target(*args, **kwargs)


def _exit(target: Any, error: Any) -> Any:
    kind = None if error is None else type(error)
    return type(target).__exit__(target, kind, error, None)


def seed_everything(seed: int) -> None:
    """Seed torch, Python and NumPy. Without accelerators, whose turn in torch.manual_seed takes a millisecond."""
    torch.default_generator.manual_seed(seed)
    random.seed(seed)
    np.random.seed(seed % 2**32)


def _gradients(target: Any) -> dict[str, Any]:
    return {name: None if p.grad is None else p.grad.detach().clone() for name, p in target.named_parameters()}


def _named_parameters(target: Any, *args: Any, **kwargs: Any) -> list[Any]:
    return list(target.named_parameters(*args, **kwargs))


def _named_buffers(target: Any, *args: Any, **kwargs: Any) -> list[Any]:
    return list(target.named_buffers(*args, **kwargs))


def _take(target: Any, count: int) -> list[Any]:
    """The next items of an iterator, at most `count`."""
    found = []
    for item in target:
        found.append(item)
        if len(found) >= count:
            break
    return found


OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "call": _call,
    "getattr": getattr,
    "setattr": setattr,
    "delattr": delattr,
    "getitem": operator.getitem,
    "setitem": operator.setitem,
    "delitem": operator.delitem,
    "contains": operator.contains,
    "len": len,
    "bool": bool,
    "str": str,
    "repr": repr,
    "iter": iter,
    "next": next,
    "take": _take,
    "enter": lambda target: type(target).__enter__(target),
    "exit": _exit,
    "keep": lambda target: target,
    "gradients": _gradients,
    "named_parameters": _named_parameters,
    "named_buffers": _named_buffers,
}
