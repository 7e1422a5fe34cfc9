"""What a tensor is before any value is looked at: type, shape, dtype, layout, finite numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchdojo.checkers.failures import CheckFailed
from torchdojo.checkers.naming import named, place


def assert_type(value: Any, kind: type = torch.Tensor, label: str = "the result") -> None:
    """Fails when `value` is not exactly of type `kind`; a Parameter counts as a Tensor."""
    if type(value) is kind or (kind is torch.Tensor and type(value) is torch.nn.Parameter):
        return
    hint = " Is a `return` missing?" if value is None else ""
    article = "an" if kind.__name__[0].lower() in "aeiou" else "a"
    raise CheckFailed(f"{_capital(label)} is {named(value)}, not {article} {kind.__name__}.{hint}")


def assert_shape(value: Any, shape: Sequence[int], label: str = "the result") -> None:
    """Fails when `value` is no tensor of this shape."""
    assert_type(value, torch.Tensor, label)
    got, wanted = tuple(value.shape), tuple(shape)
    if got != wanted:
        raise CheckFailed(f"{_capital(label)} has the shape {got}, expected {wanted}.{_shape_hint(got, wanted)}")


def assert_dtype(value: Any, dtype: torch.dtype, label: str = "the result") -> None:
    """Fails when `value` is no tensor of this dtype."""
    assert_type(value, torch.Tensor, label)
    if value.dtype != dtype:
        raise CheckFailed(
            f"{_capital(label)} has the dtype {str(value.dtype)[6:]}, expected {str(dtype)[6:]}."
            f"{_dtype_hint(value.dtype, dtype)}"
        )


def assert_finite(value: Any, label: str = "the result") -> None:
    """Fails when the tensor holds NaN or an infinity."""
    assert_type(value, torch.Tensor, label)
    bad = ~torch.isfinite(value.detach())
    if bool(bad.any()):
        first = place(bad.nonzero()[0].tolist())
        what = "NaN" if bool(torch.isnan(value.detach()).any()) else "an infinity"
        raise CheckFailed(
            f"{_capital(label)} holds {what}, first at {first or 'its only value'} "
            f"({int(bad.sum())} of {value.numel()} values). Look for a division by zero, the logarithm of 0, or exp "
            "of something large."
        )


def assert_contiguous(value: Any, label: str = "the result") -> None:
    """Fails when the tensor is not contiguous in memory."""
    assert_type(value, torch.Tensor, label)
    if not value.is_contiguous():
        raise CheckFailed(f"{_capital(label)} is not contiguous: its strides are {value.stride()}.")


def _shape_hint(got: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    if sorted(got) == sorted(wanted):
        return " The same sizes in another order: a transpose or permute is missing or too many."
    if [n for n in got if n != 1] == [n for n in wanted if n != 1]:
        return " They differ in dimensions of size 1: look at keepdim, squeeze and unsqueeze."
    if not got:
        return " Everything was reduced to one number: give `dim` to the sum or mean."
    if torch.Size(got).numel() == torch.Size(wanted).numel():
        return " The number of values is right: a reshape is missing or wrong."
    if len(got) == len(wanted):
        odd = [dim for dim, (a, b) in enumerate(zip(got, wanted, strict=True)) if a != b]
        return f" They differ in dimension {', '.join(map(str, odd))}."
    return ""


def _dtype_hint(got: torch.dtype, wanted: torch.dtype) -> str:
    if got is torch.float64:
        return " A float64 constant (NumPy, or a Python list of floats via float64) may have crept in."
    if wanted is torch.float64:
        return " Keep the input's dtype: do not create float32 tensors by hand."
    return ""


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]
