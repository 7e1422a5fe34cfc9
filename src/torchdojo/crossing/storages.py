"""The memory that packed tensors lie in: sent once however many tensors share it, and never more than they show."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from torchdojo.wire import TensorData

#: A tensor that shows less than a quarter of its storage, and leaves this many bytes unused, travels alone.
_WASTE = 1 << 16

#: Taken hold of before any submission could put something else in its place.
_read = ctypes.string_at


@dataclass(frozen=True, slots=True)
class Place:
    """Where a packed tensor lies: which storage, and how it walks through it (in elements)."""

    storage: int
    stride: list[int]
    offset: int


@dataclass(slots=True)
class _Storage:
    nbytes: int
    origin: int | None
    #: The storage of the tensor itself; None where only a copy of its values is sent.
    source: Any
    views: list[tuple[torch.Tensor, Place]] = field(default_factory=list)


class Storages:
    """Collects the storages of one frame. `given` are those the other side sent: their index by address."""

    def __init__(self, given: Mapping[int, int]) -> None:
        self._given = given
        self._by_address: dict[int, int] = {}
        self._storages: list[_Storage] = []

    def place(self, tensor: torch.Tensor) -> Place:
        """Take in a tensor."""
        values = tensor.detach()
        if not values.is_cpu:
            values = values.cpu()
        if values.is_conj() or values.is_neg():
            values = values.resolve_conj().resolve_neg()
        whole = values.untyped_storage()
        address = whole.data_ptr()
        origin = self._given.get(address)
        source = whole if address == tensor.untyped_storage().data_ptr() else None
        if whole.nbytes() > 4 * values.numel() * values.element_size() + _WASTE:
            values = values.contiguous().clone()
            whole = values.untyped_storage()
            address, source = whole.data_ptr(), None
        nbytes = whole.nbytes()
        number = self._by_address.get(address) if nbytes else None
        if number is None:
            number = len(self._storages)
            self._storages.append(_Storage(nbytes, origin, source))
            self._by_address[address] = number
        place = Place(number, list(values.stride()), int(values.storage_offset()))
        self._storages[number].views.append((values, place))
        return place

    def origins(self) -> list[int | None]:
        """For each storage, which of the given ones it is."""
        return [storage.origin for storage in self._storages]

    def sources(self) -> list[Any]:
        """For each storage, that of the packed tensors themselves; None where they were copied to be sent."""
        return [storage.source for storage in self._storages]

    def contents(self) -> dict[str, TensorData]:
        """The bytes of every storage, by the name "s" and its number."""
        return {f"s{number}": _content(storage) for number, storage in enumerate(self._storages)}


def _content(storage: _Storage) -> TensorData:
    values, place = storage.views[0]
    if values.is_contiguous() and values.numel() * values.element_size() == storage.nbytes:
        return as_bytes(values.untyped_storage())
    # Bytes that no packed tensor shows stay behind: a column of a table must not carry the others along.
    buffer = torch.zeros(storage.nbytes, dtype=torch.uint8)
    for values, place in storage.views:
        if values.numel():
            target = view_of(buffer, values.dtype, list(values.shape), place.stride, place.offset)
            for dim, step in enumerate(place.stride):
                if step == 0:
                    values, target = values.narrow(dim, 0, 1), target.narrow(dim, 0, 1)
            try:
                target.copy_(values)
            except RuntimeError:  # windows that overlap: everything they span is shown anyway
                return as_bytes(values.untyped_storage())
    return as_bytes(buffer.untyped_storage())


def as_bytes(storage: Any) -> TensorData:
    """A storage's bytes."""
    return TensorData("uint8", (storage.nbytes(),), bytes_of(storage))


def bytes_of(storage: Any) -> bytes:
    """The same alone. Read where they lie: a tensor made for it, and an array of that, take ten times as long."""
    nbytes = storage.nbytes()
    return _read(storage.data_ptr(), nbytes) if nbytes else b""


def view_of(buffer: torch.Tensor, dtype: torch.dtype, shape: list[int], stride: list[int], offset: int) -> torch.Tensor:
    """A tensor over the bytes of `buffer` (uint8); the caller has checked that it fits."""
    return torch.empty(0, dtype=dtype).set_(buffer.untyped_storage(), offset, shape, stride)
