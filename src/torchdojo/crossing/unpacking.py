"""One frame back to values. Every index, name, size and bound is checked before anything is built from it."""

from __future__ import annotations

import keyword
import math
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Sequence
from typing import Any

import torch

from torchdojo.crossing.facts import Facts, attach
from torchdojo.crossing.storages import view_of
from torchdojo.wire import Frame, WireError
from torchdojo.wire.frames import DTYPES, MAX_BODY, MAX_DIMS

#: Values in one frame when everything shared is counted as often as it appears.
_MOST_VALUES = 2_000_000

_KINDS: dict[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "size": torch.Size,
    "dict": lambda parts: dict(zip(parts[::2], parts[1::2], strict=True)),
    "odict": lambda parts: OrderedDict(zip(parts[::2], parts[1::2], strict=True)),
    "slice": lambda parts: slice(*parts),
    "ellipsis": lambda parts: ...,
    "ndarray": lambda parts: parts[0].numpy(),
    "npscalar": lambda parts: parts[0].numpy()[0],
}
_PLAIN: dict[str, Callable[[list[Any]], Any]] = {
    "int": lambda parts: int(_text(parts[0]), 16),
    "complex": lambda parts: complex(*parts),
    "bytes": lambda parts: bytes.fromhex(parts[0]),
    "range": lambda parts: _range(parts),
    "dtype": lambda parts: _dtype(parts[0]),
    "device": lambda parts: torch.device(parts[0]),
}


class Unpacker:
    """Builds the values of one frame. `resolve` gives the value of a node that stands for no value, e.g. an object.

    `sent` are this side's storages, as the other side knows them by number: what its tensors may be told to share.
    Raises WireError for anything malformed.
    """

    def __init__(self, frame: Frame, resolve: Callable[[list[Any]], Any], sent: Sequence[Any] = ()) -> None:
        self.buffers: list[torch.Tensor] = []
        #: Every tensor of the frame by its number; the caller may replace some before `value` is asked for.
        self.tensors: dict[int, torch.Tensor] = {}
        self._resolve = resolve
        self._sent = sent
        self._values: dict[int, Any] = {}
        self._sizes: dict[int, int] = {}
        nodes, origins = frame.header.get("nodes", []), frame.header.get("storages", [])
        if type(nodes) is not list or type(origins) is not list or len(origins) != len(frame.tensors):
            raise WireError("a table of values is malformed")
        self._nodes, self._origins = nodes, origins
        try:
            for number in range(len(origins)):
                data = frame.tensors[f"s{number}"]
                _require(data.dtype == "uint8" and len(data.shape) == 1)
                raw = bytearray(data.data)
                self.buffers.append(torch.frombuffer(raw, dtype=torch.uint8) if raw else torch.empty(0).byte())
            for number, node in enumerate(nodes):
                _require(type(node) is list and len(node) > 0)
                if node[0] == "tensor":
                    self._take_tensor(number, node)
        except (LookupError, TypeError, ValueError, RuntimeError, OverflowError) as error:
            raise WireError(f"a packed tensor is malformed: {error}") from None

    def value(self, child: Any) -> Any:
        """The value a child stands for."""
        try:
            value, size = self._child(child, len(self._nodes))
        except (LookupError, TypeError, ValueError, RuntimeError, OverflowError) as error:
            raise WireError(f"a packed value is malformed: {error}") from None
        if size > _MOST_VALUES:
            raise WireError("more values than any honest answer holds")
        return value

    def _child(self, child: Any, before: int) -> tuple[Any, int]:
        if type(child) is not list:
            _require(child is None or type(child) in (bool, int, float, str))
            return child, 1
        _require(len(child) == 1 and type(child[0]) is int and 0 <= child[0] < before)
        number = child[0]
        if number not in self._sizes:
            for earlier in range(number + 1):  # children stand before their parents, so this never nests
                if earlier not in self._sizes:
                    self._values[earlier], self._sizes[earlier] = self._build(earlier)
        return self._values[number], self._sizes[number]

    def _build(self, number: int) -> tuple[Any, int]:
        kind, *parts = self._nodes[number]
        if kind == "tensor":
            grad, _ = self._child(parts[7], number)
            if grad is not None:
                self.tensors[parts[0]].grad = grad
            return self.tensors[parts[0]], 1
        if kind in _PLAIN:
            return _PLAIN[kind](parts), 1
        if kind not in _KINDS and kind != "named":
            return self._resolve([kind, *parts]), 1
        name, fields = (parts.pop(0), parts.pop(0)) if kind == "named" else ("", [])
        built = [self._child(part, number) for part in parts]
        size = 1 + sum(size for _, size in built)
        if size > _MOST_VALUES:
            raise WireError("more values than any honest answer holds")
        values = [value for value, _ in built]
        if kind == "named":
            _require(len(fields) == len(values) and all(map(_is_name, (name, *fields))))
            return namedtuple(name, fields)(*values), size
        return _KINDS[kind](values), size

    def _take_tensor(self, number: int, node: list[Any]) -> None:
        _, index, storage, dtype, shape, stride, offset, traits, _ = node
        _require(type(index) is int and index not in self.tensors and type(traits) is dict)
        _require(type(storage) is int and 0 <= storage < len(self.buffers))
        kind, buffer = _dtype(dtype), self.buffers[storage]
        _require(type(shape) is list and type(stride) is list and len(shape) == len(stride) <= MAX_DIMS)
        _require(all(type(n) is int and 0 <= n < 1 << 40 for n in (*shape, *stride, offset)))
        elements = math.prod(shape)
        _require(elements * DTYPES[dtype] <= MAX_BODY)
        last = offset + sum((n - 1) * step for n, step in zip(shape, stride, strict=True)) if elements else 0
        _require(elements == 0 or (last + 1) * DTYPES[dtype] <= buffer.numel())
        if elements == 0:
            tensor = torch.empty_strided(shape, stride, dtype=kind)
        else:
            tensor = view_of(buffer, kind, shape, stride, offset)
            if kind is torch.bool:
                _require(int(tensor.view(torch.uint8).max()) <= 1)
        leaf, wanted = traits.get("leaf") is True, traits.get("grad") is True
        if wanted and leaf:
            tensor.requires_grad_()
        origin = self._origins[storage]
        _require(origin is None or (type(origin) is int and 0 <= origin < len(self._sent)))
        facts = Facts(
            device=str(traits.get("device", "cpu"))[:20],
            requires_grad=wanted,
            is_leaf=leaf,
            is_parameter=traits.get("parameter") is True,
            shares=None if origin is None else self._sent[origin],
        )
        attach(tensor, facts)
        self.tensors[index] = tensor


def _require(condition: bool) -> None:
    if not condition:
        raise ValueError("it breaks the format")


def _range(parts: list[Any]) -> range:
    # It takes no room, but whoever makes a list of it does.
    found = range(*parts)
    _require(len(found) <= _MOST_VALUES)
    return found


def _text(value: Any) -> str:
    _require(type(value) is str and len(value) < 4096)
    return str(value)


def _dtype(name: Any) -> torch.dtype:
    _require(name in DTYPES)
    kind = getattr(torch, name)
    assert isinstance(kind, torch.dtype)
    return kind


def _is_name(text: Any) -> bool:
    return type(text) is str and text.isidentifier() and not keyword.iskeyword(text) and not text.startswith("_")
