"""Which device a tensor lives on in the simulation: a mark on its storage.

The storage is the right place: views, detached copies, `.data` and what autograd saved share it, so they share the
device without anybody following them.
"""

from __future__ import annotations

from typing import Any

import torch

CPU = torch.device("cpu")

#: The mark of memory whose device only its first meeting with another tensor will tell.
FLOATING = object()

_MARK = "_torchdojo_device"

# Read through the C types: a script that patches torch.Tensor changes nothing here.
_storage_of = torch._C.TensorBase.untyped_storage
_real_device = torch._C.TensorBase.device.__get__


def raw_mark(tensor: torch.Tensor) -> Any:
    """The mark itself: a simulated device, FLOATING, or None for ordinary memory."""
    try:
        return getattr(_storage_of(tensor), _MARK, None)
    except (RuntimeError, NotImplementedError):
        return _mark_without_storage(tensor)


def mark(tensor: torch.Tensor) -> torch.device | None:
    """The simulated device of a tensor; None when it is an ordinary one."""
    found = raw_mark(tensor)
    return None if found is FLOATING else found


def set_mark(tensor: torch.Tensor, device: Any) -> None:
    """Put a tensor's memory on a simulated device (None: on the CPU; FLOATING: not decided)."""
    try:
        owner: Any = _storage_of(tensor)
    except (RuntimeError, NotImplementedError):
        owner = tensor  # Sparse tensors and the like: no single storage to mark.
    mark_storage(owner, device)


def mark_storage(storage: Any, device: Any) -> None:
    """The same for a storage."""
    if device is not None:
        setattr(storage, _MARK, device)
    elif hasattr(storage, _MARK):
        delattr(storage, _MARK)


def storage_mark(storage: Any) -> torch.device | None:
    """The simulated device of a storage; None for ordinary memory."""
    device = getattr(storage, _MARK, None)
    return None if device is FLOATING else device


def real_device(tensor: torch.Tensor) -> torch.device:
    """Where the tensor's memory really is."""
    device: torch.device = _real_device(tensor)
    return device


def _mark_without_storage(tensor: torch.Tensor) -> Any:
    found = getattr(tensor, "__dict__", {}).get(_MARK)
    if found is None and torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        return raw_mark(torch._C._functorch.get_unwrapped(tensor))
    return found
