"""Values to one frame: a flat table of nodes, and the bytes of every storage they lie in.

A child is a JSON scalar for itself or `[n]` for node n. Nodes stand after their children, so whoever reads them can
refuse a circle, and no nesting of values nests the header.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from torchdojo.crossing.storages import Storages
from torchdojo.wire import TensorData

#: What a node table holds in place of a value: the value itself, or a one-element list naming a node.
Child = Any

_INLINE = (bool, str, float, type(None))
_SAFE_INT = 1 << 62
_SEQUENCES: Mapping[Any, str] = {list: "list", tuple: "tuple", set: "set", frozenset: "frozenset", torch.Size: "size"}
_DEEPEST = 100


class Unpackable(TypeError):
    """A value that cannot cross."""


class Packer:
    """Packs any number of values into one frame. `refer` makes a node for what has no value form, e.g. an object.

    `given` tells which storages the other side sent for this call: their index by address.
    """

    def __init__(self, refer: Callable[[Any], list[Any]], given: Mapping[int, int] | None = None) -> None:
        self.storages = Storages(given or {})
        self.tensors: list[torch.Tensor] = []
        self._refer = refer
        self._nodes: list[list[Any]] = []
        self._known: dict[int, Child] = {}
        self._alive: list[Any] = []
        self._depth = 0

    def pack(self, value: Any) -> Child:
        """The child that stands for `value`. Raises Unpackable for a structure that contains itself."""
        kind = type(value)
        if kind in _INLINE or (kind is int and -_SAFE_INT < value < _SAFE_INT):
            return value
        if (known := self._known.get(id(value))) is not None:
            return known
        if self._depth > _DEEPEST:
            raise Unpackable("a structure that is nested more than a hundred levels deep, or contains itself")
        self._depth += 1
        node = self._node(value, kind)
        self._depth -= 1
        self._nodes.append(node)
        child = [len(self._nodes) - 1]
        self._known[id(value)] = child
        self._alive.append(value)  # so that no later object takes over its id
        return child

    def header(self) -> dict[str, Any]:
        """The part of the frame's header that describes the packed values."""
        return {"nodes": self._nodes, "storages": self.storages.origins()}

    def body(self) -> dict[str, TensorData]:
        """The bytes of the frame."""
        return self.storages.contents()

    def _node(self, value: Any, kind: Any) -> list[Any]:
        if kind is torch.Tensor or kind is torch.nn.Parameter:
            return self._tensor(value)
        if (name := _SEQUENCES.get(kind)) is not None:
            return [name, *map(self.pack, value)]
        if kind is dict or kind is OrderedDict:
            pairs = [self.pack(part) for pair in value.items() for part in pair]
            return ["dict" if kind is dict else "odict", *pairs]
        if kind is int:
            return ["int", hex(value)]
        if kind is complex:
            return ["complex", value.real, value.imag]
        if kind is bytes:
            return ["bytes", value.hex()]
        if kind is slice:
            return ["slice", *map(self.pack, (value.start, value.stop, value.step))]
        if kind is range:
            return ["range", value.start, value.stop, value.step]
        if value is Ellipsis:
            return ["ellipsis"]
        if kind is torch.dtype or kind is torch.device:
            return [kind.__name__, str(value).removeprefix("torch.")]
        if kind is np.ndarray and value.dtype.kind in "biufc":
            return ["ndarray", self.pack(torch.from_numpy(np.ascontiguousarray(value)))]
        if isinstance(value, np.generic) and value.dtype.kind in "biufc":
            return ["npscalar", self.pack(torch.from_numpy(np.asarray(value).reshape(1).copy()))]
        if issubclass(kind, tuple) and _is_namedtuple(kind):
            return ["named", kind.__name__, list(kind._fields), *map(self.pack, value)]
        return self._refer(value)

    def _tensor(self, tensor: torch.Tensor) -> list[Any]:
        if tensor.layout is not torch.strided or tensor.is_quantized or tensor.device.type == "meta":
            return self._refer(tensor)
        place = self.storages.place(tensor)
        grad = self.pack(tensor.grad) if tensor.is_leaf and tensor.grad is not None else None
        number = len(self.tensors)
        self.tensors.append(tensor)
        traits = {
            "device": str(tensor.device),
            "grad": tensor.requires_grad,
            "leaf": tensor.is_leaf,
            "parameter": type(tensor) is torch.nn.Parameter,
        }
        shape, stride = list(tensor.shape), place.stride
        return ["tensor", number, place.storage, str(tensor.dtype)[6:], shape, stride, place.offset, traits, grad]


def _is_namedtuple(kind: Any) -> bool:
    fields = getattr(kind, "_fields", None)
    return kind.__bases__ == (tuple,) and type(fields) is tuple and all(type(name) is str for name in fields)
