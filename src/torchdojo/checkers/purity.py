"""Inputs stay as they were: what a call did to the tensors it was given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from torchdojo.checkers.failures import CheckFailed
from torchdojo.checkers.forms import assert_type
from torchdojo.crossing import facts_of

#: Storages of ours whose copy in the submission's process was changed; by address, held so that it is not reused.
_changed: dict[int, Any] = {}
_told: list[str] = []

#: Storages that a call may change.
_free: dict[int, Any] = {}


def _storage(tensor: torch.Tensor) -> Any:
    return tensor.untyped_storage()


def note_change(storage: Any, what: str) -> bool:
    """Called when a call changed its copy of `storage`; whether the change is to be taken over."""
    if storage.data_ptr() in _free:
        return True
    _changed[storage.data_ptr()] = storage
    _told.append(what)
    return False


def changes() -> list[str]:
    """What was changed although nothing allowed it, since `forget_changes`."""
    return list(_told)


def forget_changes() -> None:
    """Start afresh, between two checks."""
    _changed.clear()
    _told.clear()
    _free.clear()


@contextmanager
def unchanged(*tensors: torch.Tensor) -> Iterator[None]:
    """Fails when the block changes one of `tensors` (any shape), here or in the submission's process."""
    before = [tensor.detach().clone() for tensor in tensors]
    earlier = {_storage(tensor).data_ptr(): _changed.pop(_storage(tensor).data_ptr(), None) for tensor in tensors}
    try:
        yield
        for number, (tensor, copy) in enumerate(zip(tensors, before, strict=True), start=1):
            same = torch.equal(torch.nan_to_num(tensor.detach()), torch.nan_to_num(copy))
            if not same or _storage(tensor).data_ptr() in _changed:
                which = "the input" if len(tensors) == 1 else f"input {number}"
                raise CheckFailed(
                    f"Your code changed {which} (shape {tuple(tensor.shape)}) in place. The caller still needs it: "
                    "work on a new tensor. In-place operations end in an underscore, or assign into x[...]."
                )
    finally:
        _changed.update({address: storage for address, storage in earlier.items() if storage is not None})


def assert_unchanged(tensor: torch.Tensor, before: torch.Tensor, label: str = "the input") -> None:
    """Fails when `tensor` no longer equals the copy `before` taken earlier, here or in the submission's process."""
    if _storage(tensor).data_ptr() in _changed or not torch.equal(tensor.detach(), before.detach()):
        raise CheckFailed(f"Your code changed {label} in place. The caller still needs it: work on a new tensor.")


@contextmanager
def may_change(*tensors: torch.Tensor) -> Iterator[None]:
    """Inside the block a call may change `tensors`; the new values arrive in them, as in an ordinary call."""
    for tensor in tensors:
        _free[_storage(tensor).data_ptr()] = _storage(tensor)
    try:
        yield
    finally:
        for tensor in tensors:
            _free.pop(_storage(tensor).data_ptr(), None)


def shares_memory(result: torch.Tensor, tensor: torch.Tensor) -> bool:
    """Whether a result lies in the memory of `tensor`: in this process, or in the submission's before it came here."""
    assert_type(result)
    facts = facts_of(result)
    address = _storage(tensor).data_ptr()
    if facts is not None and facts.shares is not None and facts.shares.data_ptr() == address:
        return True
    return bool(address != 0 and _storage(result).data_ptr() == address)


def assert_no_alias(result: torch.Tensor, *tensors: torch.Tensor) -> None:
    """Fails when `result` lies in the memory of one of `tensors`."""
    for tensor in tensors:
        if shares_memory(result, tensor):
            raise CheckFailed(
                "The result shares memory with the input: whoever changes one changes the other. "
                "Return a tensor of its own (an operation that computes, or .clone())."
            )


def assert_alias(result: torch.Tensor, tensor: torch.Tensor) -> None:
    """Fails when `result` is a copy where a view of `tensor` was asked for."""
    if not shares_memory(result, tensor):
        raise CheckFailed("The result is a copy. A view of the same memory was asked for.")
