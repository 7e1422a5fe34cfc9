"""Values as small tables of text: at most 6 by 6 of a tensor, around what matters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchdojo.checkers.differences import first_unequal
from torchdojo.checkers.failures import Comparison
from torchdojo.domain.failure import Shown
from torchdojo.judge.proxies.calls import shown
from torchdojo.judge.proxies.handle import Handle

#: Rows and columns that are shown of a tensor.
MOST = 6
#: How many tables the parts of one list or tuple may take.
_PARTS = 4
_LONGEST = 120
#: Significant digits: the first of these with which values that differ look different.
_DIGITS = (4, 6, 9, 17)
#: What reading a tensor without ordinary values raises: meta tensors, sparse layouts.
_UNREADABLE = (RuntimeError, NotImplementedError, TypeError)

Index = tuple[int, ...]


def shown_value(name: str, value: Any, focus: Index = (), *, with_cells: bool = True) -> list[Shown]:
    """A value under its name, the tensors of a list or tuple each on their own. `focus` is an index to be seen.

    Without `with_cells` the values of tensors are not told, because they are no longer what they were.
    """
    if isinstance(value, torch.Tensor):
        return [_tensor(name, value, focus) if with_cells else Shown(name, shown(value))]
    if type(value) in (list, tuple) and any(_holds_tensor(part) for part in value):
        return _parts(name, value, with_cells)
    return [Shown(name, _form(value), ((_text(value),),))]


def shown_pair(comparison: Comparison) -> tuple[Shown, Shown, Index]:
    """Got and expected, cut alike, and the index of the first element that differs."""
    try:
        return _pair(comparison)
    except _UNREADABLE:
        return Shown("", _form(comparison.got)), Shown("", _form(comparison.expected)), ()


def _pair(comparison: Comparison) -> tuple[Shown, Shown, Index]:
    got, expected = comparison.got, comparison.expected
    if not (isinstance(got, torch.Tensor) and isinstance(expected, torch.Tensor)) or got.shape != expected.shape:
        digits = _enough_digits([(got, expected)]) if type(got) is type(expected) is float else _DIGITS[0]
        if _is_long(got) and _is_long(expected):
            first = max(0, first_unequal(got, expected) - MOST // 2)
            return _items(got, first), _items(expected, first), ()
        plain = [_whole(value, digits) for value in (got, expected)]
        return plain[0], plain[1], ()
    wrong = comparison.wrong
    places = [] if wrong is None else wrong.nonzero().tolist()
    focus = tuple(places[0]) if places else ()
    start = _start(got.shape, focus)
    rows, other = _window(got, start), _window(expected, start)
    marks = [] if wrong is None else _marked(_window(wrong, start))
    digits = _enough_digits([(rows[row][column], other[row][column]) for row, column in marks])
    sides = [
        Shown("", shown(value), _cells(values, digits), start, _part(value.shape, start), tuple(marks))
        for value, values in ((got, rows), (expected, other))
    ]
    return sides[0], sides[1], focus


def _whole(value: Any, digits: int) -> Shown:
    if type(value) is float:
        return Shown("", "float", ((_number(value, digits),),))
    if isinstance(value, torch.Tensor):
        return _tensor("", value, ())
    return Shown("", _form(value), ((_text(value),),))


def _is_long(value: Any) -> bool:
    return type(value) in (list, tuple) and len(repr(value)) > _LONGEST


def _items(value: Sequence[Any], start: int) -> Shown:
    """Some items of a long list or tuple."""
    end = min(start + MOST, len(value))
    part = f"items {start} to {end - 1} of {len(value)}" if start < end else f"none, it ends after {len(value)} items"
    return Shown("", _form(value), ((_text(value[start:end]),),), part=part)


def _tensor(name: str, tensor: torch.Tensor, focus: Index) -> Shown:
    start = _start(tensor.shape, focus if len(focus) == tensor.ndim else ())
    try:
        cells = _cells(_window(tensor, start), _DIGITS[0])
    except _UNREADABLE:
        return Shown(name, shown(tensor), part="nothing, its values cannot be read here")
    return Shown(name, shown(tensor), cells, start, _part(tensor.shape, start))


def _parts(name: str, value: Sequence[Any], with_cells: bool) -> list[Shown]:
    found = [Shown(name, f"{type(value).__name__} of {len(value)}")]
    for number, part in enumerate(value):
        inner = shown_value(f"{name}[{number}]", part, with_cells=with_cells)
        tables = sum(shown.is_tensor for shown in (*found, *inner))
        if tables > _PARTS:
            break
        found += inner
    return found


def _start(shape: Sequence[int], focus: Index) -> Index:
    """The index of the first cell to show, so that `focus` is among them."""
    # An input's sizes need not be those of the result whose element it is shown for.
    focus = tuple(min(at, max(0, size - 1)) for at, size in zip(focus or (0,) * len(shape), shape, strict=True))
    first = [0 if at < MOST else min(at - MOST // 2, size - MOST) for at, size in zip(focus, shape, strict=True)]
    return (*focus[:-2], *first[-2:])


def _window(tensor: torch.Tensor, start: Index) -> list[list[Any]]:
    """The values from `start` on, as rows; none of an empty tensor."""
    if tensor.numel() == 0:
        return []
    cut = tensor.detach()[start[:-2]]
    for dim, first in enumerate(start[-2:]):
        cut = cut.narrow(dim, first, min(MOST, cut.shape[dim] - first))
    rows: list[list[Any]] = cut.reshape(1, -1).tolist() if cut.ndim < 2 else cut.tolist()
    return rows


def _part(shape: Sequence[int], start: Index) -> str:
    """Which part of the tensor is shown, in words; "" when it is all of it."""
    told = []
    if any(size > 1 for size in shape[:-2]):
        told.append(f"[{', '.join([*map(str, start[:-2]), '...'])}]")
    for what, size, first in zip(("rows", "columns")[-len(shape) :], shape[-2:], start[-2:], strict=False):
        if size > MOST:
            told.append(f"{what} {first} to {first + MOST - 1} of {size}")
    return ", ".join(told)


def _marked(wrong: list[list[Any]]) -> list[tuple[int, int]]:
    return [(row, column) for row, values in enumerate(wrong) for column, bad in enumerate(values) if bad]


def _cells(rows: list[list[Any]], digits: int) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(_number(value, digits) for value in row) for row in rows)


def _enough_digits(pairs: Sequence[tuple[Any, Any]]) -> int:
    return next((n for n in _DIGITS if all(_number(a, n) != _number(b, n) for a, b in pairs)), _DIGITS[-1])


def _number(value: Any, digits: int) -> str:
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    if isinstance(value, complex):
        return f"{value.real:.{digits}g}{value.imag:+.{digits}g}j"
    return str(value)


def _holds_tensor(value: Any) -> bool:
    if type(value) in (list, tuple):
        return any(_holds_tensor(part) for part in value)
    return isinstance(value, torch.Tensor)


def _form(value: Any) -> str:
    if isinstance(value, Handle):
        return "object"
    if isinstance(value, torch.Tensor):
        return shown(value)
    if type(value) in (list, tuple, dict, set):
        return f"{type(value).__name__} of {len(value)}"
    return "function" if callable(value) and not isinstance(value, type) else type(value).__name__


def _text(value: Any) -> str:
    text = shown(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
