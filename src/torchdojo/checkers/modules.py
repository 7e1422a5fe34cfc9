"""Modules: what is registered, and what a state dict carries. Work on handles and on modules of this process alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from torchdojo.checkers.closeness import assert_close
from torchdojo.checkers.failures import CheckFailed


def assert_registered_parameters(module: Any, expected: Mapping[str, Any] | Any, *, exactly: bool = True) -> None:
    """Fails unless the module's named parameters have these names and shapes.

    `expected` maps names to shapes, or is a module whose parameters are taken. Without `exactly` there may be more.
    """
    wanted = _shapes(expected)
    found = {name: tuple(value.shape) for name, value in module.named_parameters()}
    for name, shape in wanted.items():
        if name not in found:
            hint = " A plain tensor attribute is none: wrap it in nn.Parameter." if not found else ""
            raise CheckFailed(f"The module registers no parameter `{name}`; it has {_list(found)}.{hint}")
        if found[name] != shape:
            raise CheckFailed(f"The parameter `{name}` has the shape {found[name]}, expected {shape}.")
    extra = [name for name in found if name not in wanted]
    if exactly and extra:
        raise CheckFailed(f"The module registers `{extra[0]}`, which is no parameter of it; expected {_list(wanted)}.")


def assert_same_state(got: Mapping[str, Any], expected: Mapping[str, Any], *, label: str = "the state") -> None:
    """Fails unless two state dicts have the same names and, within rounding, the same tensors."""
    if set(got) != set(expected):
        raise CheckFailed(f"{label[:1].upper() + label[1:]} has the names {sorted(got)}, expected {sorted(expected)}.")
    for name, value in expected.items():
        assert_close(got[name], value.detach() if isinstance(value, torch.Tensor) else value, label=f"`{name}`")


def assert_state_dict_round_trip(make: Any, *inputs: Any) -> None:
    """Two modules from `make()`: after loading the state of the first, the second computes the same on `inputs`."""
    first, second = make(), make()
    first.eval()
    second.eval()
    state = first.state_dict()
    if not state:
        raise CheckFailed("The module's state dict is empty: nothing of it would be saved.")
    second.load_state_dict(state)
    with torch.no_grad():
        assert_close(second(*inputs), first(*inputs), label="the output after loading the state dict")


def _shapes(expected: Any) -> dict[str, tuple[int, ...]]:
    if isinstance(expected, Mapping):
        return {name: tuple(x.shape if isinstance(x, torch.Tensor) else x) for name, x in expected.items()}
    return {name: tuple(value.shape) for name, value in expected.named_parameters()}


def _list(names: Mapping[str, Any]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none at all"
