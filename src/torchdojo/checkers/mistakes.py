"""Recognises how wrong values came about: the usual slips leave a trace in the numbers."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

Match = Callable[[torch.Tensor], bool]


def likely_mistake(got: torch.Tensor, expected: torch.Tensor, tolerance: float) -> str:
    """A sentence with a leading space, or "". Both tensors are float64 or complex of one shape."""
    if got.is_complex() or not got.numel() or not bool(torch.isfinite(got).all() and torch.isfinite(expected).all()):
        return ""

    def is_got(candidate: torch.Tensor) -> bool:
        return candidate.shape == got.shape and bool(torch.allclose(candidate, got, rtol=1e-4, atol=tolerance))

    for look in (_constant, _factor, _arranged, _softmax, _function, _shift):
        if found := look(got, expected, is_got):
            return f" {found}"
    return ""


def _constant(got: torch.Tensor, expected: torch.Tensor, is_got: Match) -> str:
    if got.numel() > 1 and bool((got == 0).all()):
        return "Everything you return is zero."
    if got.numel() > 2 and bool((got == got.reshape(-1)[0]).all()):
        return "Every value you return is the same."
    return ""


def _factor(got: torch.Tensor, expected: torch.Tensor, is_got: Match) -> str:
    if is_got(-expected):
        return "The sign is wrong: every value is the negative of what it should be."
    large = expected.abs() > 1e-6 * expected.abs().max()
    if not bool(large.any()) or float(expected.abs().max()) == 0.0:
        return ""
    ratio = float((got[large] / expected[large]).median())
    if not math.isfinite(ratio) or ratio == 0.0 or abs(ratio - 1) < 1e-3 or not is_got(expected * ratio):
        return ""
    if got.numel() == 1 and not _is_telling(ratio):
        return ""
    return f"Every value is {_times(ratio)} what it should be: look at the factor, or at sum against mean."


def _is_telling(ratio: float) -> bool:
    size = abs(ratio) if abs(ratio) >= 1 else 1 / abs(ratio)
    return any(abs(power - round(power)) < 1e-4 * power and round(power) <= 64 for power in (size, size * size))


def _times(ratio: float) -> str:
    size, sign = abs(ratio), "minus " if ratio < 0 else ""
    if size < 1 and abs(1 / size - round(1 / size)) < 1e-3:
        return f"{sign}1/{round(1 / size)} of"
    if abs(size - round(size)) < 1e-3:
        return f"{sign}{round(size)} times"
    return f"{sign}{size:.4g} times"


def _arranged(got: torch.Tensor, expected: torch.Tensor, is_got: Match) -> str:
    dims = range(expected.ndim)
    for one in dims:
        for other in range(one):
            if is_got(expected.transpose(other, one)):
                return f"Dimensions {other} and {one} are swapped."
    for dim in dims:
        if expected.shape[dim] > 1:
            if is_got(expected.flip(dim)):
                return f"The order along dimension {dim} is reversed."
            for step in (1, -1):
                if is_got(expected.roll(step, dim)):
                    return f"Everything is moved by one along dimension {dim}."
    flat = got.reshape(-1).sort().values
    if got.numel() > 2 and bool(torch.allclose(flat, expected.reshape(-1).sort().values, rtol=1e-5, atol=1e-8)):
        return "The right values in the wrong places: look at reshape, view and transpose."
    return ""


def _softmax(got: torch.Tensor, expected: torch.Tensor, is_got: Match) -> str:
    wanted = [dim for dim in range(expected.ndim) if _sums_to_one(expected, dim)]
    found = [dim for dim in range(got.ndim) if _sums_to_one(got, dim)]
    if len(wanted) == 1 and len(found) == 1 and wanted != found:
        return f"Your values sum to 1 along dimension {found[0]}; they have to along dimension {wanted[0]}."
    if len(wanted) == 1 and not found:
        return f"The values have to sum to 1 along dimension {wanted[0]}, and yours do not."
    return ""


def _sums_to_one(values: torch.Tensor, dim: int) -> bool:
    if values.shape[dim] < 2 or bool((values < 0).any()):
        return False
    return bool(torch.allclose(values.sum(dim), torch.ones(()).double(), atol=1e-4))


def _function(got: torch.Tensor, expected: torch.Tensor, is_got: Match) -> str:
    if got.numel() == 1 or not bool((expected.abs() > 1e-9).any()):
        return ""
    for words, function in (
        ("squared", torch.square),
        ("their exponential", torch.exp),
        ("their absolute value", torch.abs),
    ):
        if is_got(function(expected)):
            return f"You return the values {words}."
    if bool((expected > 0).all()) and is_got(expected.log()):
        return "You return the logarithm of the values."
    if bool((expected >= 0).all()) and is_got(expected.sqrt()):
        return "You return the square root of the values."
    return ""


def _shift(got: torch.Tensor, expected: torch.Tensor, is_got: Match) -> str:
    if got.numel() > 1:
        shift = float((got - expected).median())
        if is_got(expected + shift):
            return f"Every value is off by the same {shift:+.4g}: a term is missing or too many."
        if got.ndim:
            for dim in range(got.ndim):
                rows = (got - expected).mean(dim, keepdim=True)
                if got.shape[dim] > 1 and is_got(expected + rows):
                    return f"Along dimension {dim} every value is off by the same amount: look at a bias or a mean."
    return ""
