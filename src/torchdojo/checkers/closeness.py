"""Values against expected values: shape and dtype first, then every element, within what rounding explains."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch

from torchdojo.checkers.differences import first_difference
from torchdojo.checkers.failures import CheckFailed, Comparison
from torchdojo.checkers.forms import assert_dtype, assert_shape, assert_type
from torchdojo.checkers.mistakes import likely_mistake
from torchdojo.checkers.naming import named, number, place

#: By dtype: relative tolerance of each value, and tolerance relative to the largest value.
_TOLERANCES = {
    torch.float64: (1e-7, 1e-9),
    torch.complex128: (1e-7, 1e-9),
    torch.float32: (1e-4, 1e-5),
    torch.complex64: (1e-4, 1e-5),
    torch.float16: (2e-2, 5e-3),
    torch.bfloat16: (5e-2, 2e-2),
}
_SMALLEST = {torch.float64: 1e-12, torch.float32: 1e-7}

#: What is a table by any of these names: state_dict() gives an OrderedDict.
_DICTS = (dict, OrderedDict)


def tolerances(expected: torch.Tensor) -> tuple[float, float]:
    """(rtol, atol) for results that should equal `expected`: atol grows with its largest finite value."""
    rtol, share = _TOLERANCES.get(expected.dtype, (0.0, 0.0))
    if not expected.numel() or rtol == 0.0:
        return rtol, 0.0
    sizes = expected.detach().abs().double()
    sizes = sizes[torch.isfinite(sizes)]
    largest = float(sizes.max()) if sizes.numel() else 0.0
    return rtol, share * largest + _SMALLEST.get(expected.dtype, 1e-5)


def assert_close(
    got: Any,
    expected: Any,
    *,
    label: str = "the result",
    rtol: float | None = None,
    atol: float | None = None,
    check_dtype: bool = True,
) -> None:
    """Fails unless `got` equals `expected` within rounding.

    `expected` is a tensor, a number, or a list, tuple or dict of them; `got` has to have the same structure. Where
    `expected` is finite, `got` has to be. Tolerances follow the dtype and the size of `expected` unless given.
    """
    with _compared(got, expected, label):
        _close(got, expected, label, rtol, atol, check_dtype)


def _close(got: Any, expected: Any, label: str, rtol: float | None, atol: float | None, check_dtype: bool) -> None:
    if isinstance(expected, torch.Tensor):
        _tensor_close(got, expected, label, rtol, atol, check_dtype)
    elif isinstance(expected, (list, tuple)):
        assert_type(got, type(expected), label)
        if len(got) != len(expected):
            raise CheckFailed(f"{_capital(label)} has {len(got)} parts, expected {len(expected)}.")
        for index, (one, other) in enumerate(zip(got, expected, strict=True)):
            part = f"{label}[{index}]"
            assert_close(one, other, label=part, rtol=rtol, atol=atol, check_dtype=check_dtype)
    elif isinstance(expected, Mapping):
        if not (type(got) in _DICTS and type(expected) in _DICTS):
            assert_type(got, type(expected), label)
        if list(got) != list(expected) and set(got) != set(expected):
            raise CheckFailed(f"{_capital(label)} has the keys {list(got)}, expected {list(expected)}.")
        for key, other in expected.items():
            part = f"{label}[{key!r}]"
            assert_close(got[key], other, label=part, rtol=rtol, atol=atol, check_dtype=check_dtype)
    elif type(expected) is float:
        _number_close(got, expected, label, rtol, atol)
    else:
        assert_equal(got, expected, label=label)


def assert_equal(got: Any, expected: Any, *, label: str = "the result") -> None:
    """Fails unless `got` is exactly `expected`: same type, same value; tensors element by element."""
    with _compared(got, expected, label):
        if isinstance(expected, torch.Tensor):
            _tensor_close(got, expected, label, 0.0, 0.0, True)
        elif type(got) is not type(expected):
            raise CheckFailed(f"{_capital(label)} is {named(got)}, expected {named(expected)}.")
        elif found := first_difference(got, expected):
            raise CheckFailed(f"{_capital(label)} {found}")


@contextmanager
def _compared(got: Any, expected: Any, label: str) -> Iterator[None]:
    """A failure in the block carries these values, unless it already carries the parts of them that differ."""
    try:
        yield
    except CheckFailed as failure:
        failure.comparison = failure.comparison or Comparison(got, expected, label)
        raise


def _number_close(got: Any, expected: float, label: str, rtol: float | None, atol: float | None) -> None:
    if type(got) not in (int, float):
        hint = " Use .item() to get the number." if isinstance(got, torch.Tensor) and got.numel() == 1 else ""
        raise CheckFailed(f"{_capital(label)} is {named(got)}, expected the number {number(expected)}.{hint}")
    allowed = (1e-6 if atol is None else atol) + (1e-5 if rtol is None else rtol) * abs(expected)
    same = got == expected or (got != got and expected != expected)
    if not same and not abs(got - expected) <= allowed:
        hint = likely_mistake(torch.tensor(float(got)).double(), torch.tensor(expected).double(), allowed)
        raise CheckFailed(f"{_capital(label)} is {number(got)}, expected {number(expected)}.{hint}")


def _tensor_close(
    got: Any, expected: torch.Tensor, label: str, rtol: float | None, atol: float | None, check_dtype: bool
) -> None:
    assert_shape(got, expected.shape, label)
    if check_dtype:
        assert_dtype(got, expected.dtype, label)
    if got.dtype is expected.dtype and got.device == expected.device and torch.equal(got, expected):
        return  # The usual case; what follows would find the same, slowly.
    usual = tolerances(expected)
    rtol, atol = usual[0] if rtol is None else rtol, usual[1] if atol is None else atol
    a, e = _wide(got), _wide(expected)
    same = a == e if rtol == atol == 0.0 else torch.isclose(a, e, rtol=rtol, atol=atol)
    wrong = ~(same | (torch.isnan(a) & torch.isnan(e)))
    if not bool(wrong.any()):
        return
    count = int(wrong.sum())
    first = wrong.nonzero()[0].tolist()
    at = f" at {place(first)}" if first else ""
    words = f"{_capital(label)} is wrong{at}: got {_value(a, first)}, expected {_value(e, first)}."
    if wrong.numel() > 1:
        words += f" {count} of {wrong.numel()} values differ{_largest(a, e, wrong)}."
    strange = ~torch.isfinite(a) & torch.isfinite(e)
    if bool(strange.any()):
        words += " NaN or an infinity where a finite number belongs."
    else:
        words += likely_mistake(a, e, atol + rtol * float(_finite_max(e)))
    raise CheckFailed(words, Comparison(got, expected, label, wrong))


def _wide(tensor: torch.Tensor) -> torch.Tensor:
    values = tensor.detach().to("cpu")
    if values.is_complex():
        return values.to(torch.complex128)
    return values.double() if values.is_floating_point() else values.to(torch.int64).double()


def _value(tensor: torch.Tensor, index: list[int]) -> str:
    value = tensor[tuple(index)].item()
    return number(value) if isinstance(value, float) else str(value)


def _largest(a: torch.Tensor, e: torch.Tensor, wrong: torch.Tensor) -> str:
    gaps = torch.where(wrong, (a - e).abs(), torch.zeros_like(e.abs()))
    if not bool(torch.isfinite(gaps).all()) or a.is_complex():
        return ""
    index = [int(i) for i in torch.unravel_index(gaps.argmax(), gaps.shape)]
    return f", by up to {number(float(gaps.max()))} (at {place(index)})"


def _finite_max(tensor: torch.Tensor) -> torch.Tensor:
    sizes = tensor.abs()
    sizes = sizes[torch.isfinite(sizes)]
    return sizes.max() if sizes.numel() else torch.zeros(())


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]
