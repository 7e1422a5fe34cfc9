"""Which operations may see two devices at once, and what torch says about the others."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch

from torchdojo.harness import accelerator_errors as errors
from torchdojo.harness.accelerator_tags import CPU, mark

#: These move data between devices: that is what they are for.
_TRANSFERS = frozenset({"copy_", "_to_copy", "to", "set_", "_foreach_copy_"})

#: A tensor on the accelerator may be indexed from the CPU, never the other way round.
_INDEXING = frozenset({"index", "index_put", "index_put_", "_index_put_impl_", "_unsafe_index", "_unsafe_index_put"})

#: Elementwise, though torch does not tag them so.
_ELEMENTWISE = frozenset({"mse_loss", "smooth_l1_loss", "huber_loss", "masked_fill", "masked_fill_", "dist"})

#: Elsewhere a 0-dimensional CPU tensor counts as a number; here it does not.
_STRICT = frozenset({"cat", "stack", "nll_loss_forward", "nll_loss2d_forward", "embedding", "index_select", "gather"})


@cache
def _name(function: Any) -> str:
    name: str = function._schema.name
    return name.partition("::")[2]


@cache
def is_factory(function: Any) -> bool:
    """Whether the operation makes a tensor out of none."""
    return not any("Tensor" in str(argument.type) for argument in function._schema.arguments)


@cache
def is_list_operation(function: Any) -> bool:
    """Whether the operation works on lists of tensors, position by position."""
    return _name(function).startswith(("_foreach_", "_fused_"))


@cache
def result_follows(function: Any) -> bool:
    """Whether the result lives where the operands live (a copy into a tensor leaves that tensor where it is)."""
    return _name(function) not in ("copy_", "set_")


@cache
def _is_elementwise(function: Any) -> bool:
    return torch.Tag.pointwise in function.tags or _name(function) in _ELEMENTWISE


def check_devices(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], accelerator: torch.device) -> None:
    """Raise torch's error when the operands of an operation are on two devices and that is not allowed."""
    name = _name(function)
    if name in _TRANSFERS:
        return
    named = _named_tensors(function, args, kwargs)
    if name in _INDEXING:
        _check_indexing(named)
    elif is_list_operation(function):
        for position in range(max((len(a) for a in args if isinstance(a, (list, tuple))), default=0)):
            _check(function, name, [entry for entry in named if entry[3] in (position, None)], accelerator)
    else:
        _check(function, name, named, accelerator)


#: Argument name, tensor, whether the operation writes to it, position in a list argument.
_Operand = tuple[str, torch.Tensor, bool, int | None]


def _named_tensors(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[_Operand]:
    found: list[_Operand] = []
    for argument, value in zip(function._schema.arguments, args, strict=False):
        written = argument.alias_info is not None and argument.alias_info.is_write
        if isinstance(value, torch.Tensor):
            found.append((argument.name, value, written, None))
        elif isinstance(value, (list, tuple)):
            for position, inner in enumerate(value):
                if isinstance(inner, torch.Tensor):
                    found.append((argument.name, inner, written, position))
    found += [(name, value, name == "out", None) for name, value in kwargs.items() if isinstance(value, torch.Tensor)]
    return found


def _check_indexing(named: list[_Operand]) -> None:
    indexed = mark(named[0][1])
    for name, tensor, _, _ in named[1:]:
        found = mark(tensor)
        if indexed is None and found is not None and name == "indices":
            raise errors.mixed_indices()
        if name == "values" and found is not indexed and not (found is None and tensor.dim() == 0):
            raise errors.mixed_elementwise(indexed or CPU, found or CPU)


def _check(function: Any, name: str, operands: list[_Operand], accelerator: torch.device) -> None:
    numbers = name not in _STRICT

    def counts(operand: _Operand) -> bool:
        _, tensor, written, _ = operand
        is_number = numbers and not written and mark(tensor) is None and tensor.dim() == 0
        return not is_number

    checked = [operand for operand in operands if counts(operand)]
    devices = [mark(tensor) or CPU for _, tensor, _, _ in checked]
    if len(set(devices)) < 2:
        return
    if _is_elementwise(function):
        raise errors.mixed_elementwise(accelerator, CPU)
    if name == "convolution":
        prefixes = [f"torch.{d.type}" if d != CPU else "torch" for d in devices]
        if devices[0] != devices[1]:
            raise errors.mixed_convolution(checked[0][1], checked[1][1], (prefixes[0], prefixes[1]))
    common = devices[0]
    at = next(i for i, device in enumerate(devices) if device != common)
    raise errors.mixed_arguments(checked[at][0], devices[at], common, name, accelerator.type)
