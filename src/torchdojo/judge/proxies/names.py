"""Things that both processes have, so that their name is enough: classes and functions of torch and of Python."""

from __future__ import annotations

import builtins
import math
import operator
from typing import Any

import torch
import torch.nn.functional

_ROOTS = ("torch", "math", "operator", "builtins", "collections", "functools", "itertools", "numpy")
_HOMES = {"torch": torch, "torch.nn.functional": torch.nn.functional, "torch.Tensor": torch.Tensor}
_MODULES = {"math": math, "operator": operator, "builtins": builtins}


def path_of(value: Any) -> str | None:
    """The dotted name of a class or function of torch or the standard library; None for anything else."""
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if not callable(value) or type(name) is not str or "<" in name or isinstance(value, torch.nn.Module):
        return None
    module = getattr(value, "__module__", None)
    if (
        type(module) is str
        and module.partition(".")[0] in _ROOTS
        and (isinstance(value, type) or hasattr(value, "__code__"))
    ):
        return f"{module}.{name}"
    short = name.rpartition(".")[2]
    for path, home in {**_HOMES, **_MODULES}.items():
        if getattr(home, short, None) is value:
            return f"{path}.{short}"
    return None
