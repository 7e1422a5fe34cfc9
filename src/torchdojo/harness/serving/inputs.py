"""What the judge sent for one call, and what the call did to it."""

from __future__ import annotations

from typing import Any

import torch

from torchdojo.crossing import Packer, Unpacker
from torchdojo.crossing.storages import bytes_of
from torchdojo.wire import Frame


class Inputs:
    """The tensors of one request. Taken before the call, asked after it."""

    def __init__(self, unpacker: Unpacker, request: Frame) -> None:
        self.tensors: list[torch.Tensor] = [tensor for _, tensor in sorted(unpacker.tensors.items())]
        self._storages = [buffer.untyped_storage() for buffer in unpacker.buffers]
        self._sent = [request.tensors[f"s{number}"].data for number in range(len(self._storages))]

    def addresses(self) -> set[int]:
        """Where the storages lie."""
        return {storage.data_ptr() for storage in self._storages}

    def addresses_by_number(self) -> dict[int, int]:
        """The number of each storage by its address."""
        return {storage.data_ptr(): number for number, storage in enumerate(self._storages) if storage.nbytes()}

    def changes(self, packer: Packer) -> dict[str, Any]:
        """The part of the answer that tells of changed storages and of gradients left on inputs."""
        changed = []
        for number, (storage, sent) in enumerate(zip(self._storages, self._sent, strict=True)):
            data = bytes_of(storage)
            if data != sent:
                changed.append([number, packer.pack(torch.frombuffer(bytearray(data), dtype=torch.uint8))])
        grads = [
            [number, packer.pack(tensor.grad.detach().clone())]
            for number, tensor in enumerate(self.tensors)
            if tensor.is_leaf and tensor.grad is not None
        ]
        return {"changed": changed, "grads": grads}
