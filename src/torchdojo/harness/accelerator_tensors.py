"""Tensors as a script sees them under the simulated accelerator: `.device`, `.to`, factories, generators, files."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

import torch
import torch.utils._device
from torch.optim import optimizer
from torch.serialization import _package_registry as package_registry

from torchdojo.harness import accelerator_errors as errors
from torchdojo.harness.accelerator_replacements import Replacements
from torchdojo.harness.accelerator_tags import CPU, mark, mark_storage, set_mark, storage_mark

_Tensor = torch.Tensor
_LIKE = ("zeros_like", "ones_like", "full_like", "empty_like", "rand_like", "randn_like", "randint_like")
_NEW = ("new_zeros", "new_ones", "new_full", "new_empty")
_FACTORIES = (
    *("empty", "empty_permuted", "empty_strided", "zeros", "ones", "full", "eye", "scalar_tensor"),
    *("arange", "range", "linspace", "logspace", "rand", "randn", "randint", "randperm", "normal"),
    *("tril_indices", "triu_indices", "complex", "sparse_coo_tensor", "sparse_csr_tensor"),
    *("bartlett_window", "blackman_window", "hamming_window", "hann_window", "kaiser_window"),
)
_PINNED = "_torchdojo_pinned"


class Devices(Protocol):
    """What the patches ask of the accelerator."""

    def locate(self, tensor: torch.Tensor) -> torch.device:
        """Where a tensor is, as the script sees it."""

    def resolve(self, device: Any) -> torch.device | None:
        """The simulated device a request means; None for others."""

    def asked_by_the_script(self) -> AbstractContextManager[None]:
        """Inside, tensors made on the CPU are meant to be there."""


def patch_tensors(replacements: Replacements, devices: Devices) -> None:
    """Show the simulated device wherever a script looks or asks for it."""
    torch.utils._device._device_constructors()  # Remembers torch's own factories: fill it before they are replaced.
    move = _mover(devices)
    _patch_looks(replacements, devices)
    _patch_moves(replacements, devices, move)
    _patch_factories(replacements, devices, move)
    _patch_memory(replacements, devices)
    # An optimizer would pick its list-wise loop for an accelerator: another order of arithmetic than on the CPU.
    replacements.set(optimizer, "_get_foreach_kernels_supported_devices", list)


def _patch_looks(replacements: Replacements, devices: Devices) -> None:
    locate = devices.locate
    looks: dict[str, Callable[[torch.Tensor], Any]] = {
        "device": locate,
        "is_cuda": lambda tensor: locate(tensor).type == "cuda",
        "is_mps": lambda tensor: locate(tensor).type == "mps",
        "is_cpu": lambda tensor: locate(tensor).type == "cpu",
    }
    for name, look in looks.items():
        replacements.set(_Tensor, name, property(look))

    def get_device(tensor: torch.Tensor) -> int:
        index = locate(tensor).index
        return -1 if index is None else index

    replacements.set(_Tensor, "get_device", get_device)
    replacements.set(torch, "get_device", get_device)


Mover = Callable[..., torch.Tensor]


def _mover(devices: Devices) -> Mover:
    original = _Tensor.to

    def move(tensor: torch.Tensor, target: torch.device | None, dtype: Any = None, layout: Any = None) -> torch.Tensor:
        """A copy of the tensor on a simulated device (None: the CPU), differentiable as torch's own."""
        source = mark(tensor)
        moved = original(tensor, dtype or tensor.dtype, copy=True, memory_format=layout or torch.preserve_format)
        set_mark(moved, target)
        if moved.requires_grad:
            # In C++ both ends are on the CPU, so nothing there would carry the gradient back.
            moved.register_hook(lambda gradient: move(gradient, source))  # type: ignore[no-untyped-call]
        return moved

    return move


def _patch_moves(replacements: Replacements, devices: Devices, move: Mover) -> None:
    original = _Tensor.to

    def to(self: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        device, dtype, non_blocking, copy, layout = _parse_to(args, kwargs)
        other = kwargs.get("other", args[0] if args else None)
        if isinstance(other, _Tensor):
            device = devices.locate(other)
        if device is None:
            return original(self, *args, **kwargs)
        target = devices.resolve(device)
        if target is None and device.type != "cpu":
            return original(self, *args, **kwargs)
        if target is not mark(self):
            return move(self, target, dtype, layout)
        return original(
            self,
            self.dtype if dtype is None else dtype,
            non_blocking=non_blocking,
            copy=copy,
            memory_format=layout or torch.preserve_format,
        )

    def cuda(
        self: torch.Tensor, device: Any = None, non_blocking: bool = False, memory_format: Any = torch.preserve_format
    ) -> torch.Tensor:
        wanted = torch.device("cuda", device) if isinstance(device, int) else torch.device(device or "cuda")
        return to(self, wanted, non_blocking=non_blocking, memory_format=memory_format)

    def cpu(self: torch.Tensor, memory_format: Any = torch.preserve_format) -> torch.Tensor:
        return to(self, CPU, memory_format=memory_format)

    def type_as(self: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        return to(self, devices.locate(other), other.dtype)

    for method in (to, cuda, cpu, type_as):
        replacements.set(_Tensor, method.__name__, method)


def _parse_to(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any, bool, bool, Any]:
    """Device, dtype, non_blocking, copy and memory format of a `Tensor.to` call (torch's parser refuses copy)."""
    flags = [position for position, value in enumerate(args) if isinstance(value, bool)]
    copy = bool(kwargs.get("copy", len(flags) > 1 and args[flags[1]]))
    parsed: tuple[Any, Any, bool, Any] = torch._C._nn._parse_to(
        *(args[: flags[1]] if len(flags) > 1 else args),
        **{name: value for name, value in kwargs.items() if name != "copy"},
    )
    device, dtype, non_blocking, layout = parsed
    return device, dtype, non_blocking, copy, layout


def _patch_factories(replacements: Replacements, devices: Devices, move: Mover) -> None:
    def placed(result: torch.Tensor, device: Any, requires_grad: bool) -> torch.Tensor:
        target = devices.resolve(device)
        set_mark(result, None)
        if target is not None:
            result = move(result.detach(), target)
        return result.requires_grad_() if requires_grad else result

    def from_data(name: str) -> Callable[..., torch.Tensor]:
        original = getattr(torch, name)

        def build(data: Any, *args: Any, device: Any = None, requires_grad: bool = False, **kw: Any) -> torch.Tensor:
            if device is None:
                device = torch.utils._device.CURRENT_DEVICE
            if device is None and isinstance(data, _Tensor):
                device = devices.locate(data)
            if device is None or torch.device(device).type == "meta":
                extra = {"requires_grad": True} if requires_grad else {}
                return original(data, *args, device=device, **kw, **extra)  # type: ignore[no-any-return]
            if name != "tensor" and isinstance(data, _Tensor):
                return original(data, *args, **kw, device="cpu").to(device)  # type: ignore[no-any-return]
            return placed(original(data, *args, device="cpu", **kw), device, requires_grad)

        return build

    for name in ("tensor", "as_tensor", "asarray"):
        replacements.set(torch, name, from_data(name))

    for name in _FACTORIES:
        if hasattr(torch, name):
            replacements.set(torch, name, _asked(getattr(torch, name), devices))

    original_new = _Tensor.new_tensor

    def new_tensor(
        self: torch.Tensor, data: Any, *, device: Any = None, requires_grad: bool = False, **kw: Any
    ) -> torch.Tensor:
        where = devices.locate(self) if device is None else device
        return placed(original_new(self, data, device="cpu", **kw), where, requires_grad)

    replacements.set(_Tensor, "new_tensor", new_tensor)
    for owner, names in ((torch, _LIKE), (_Tensor, _NEW)):
        for name in names:
            replacements.set(owner, name, _with_device(getattr(owner, name), placed))


def _asked(original: Any, devices: Devices) -> Callable[..., torch.Tensor]:
    def build(*args: Any, **kwargs: Any) -> torch.Tensor:
        with devices.asked_by_the_script():
            return original(*args, **kwargs)  # type: ignore[no-any-return]

    return build


def _with_device(original: Any, placed: Callable[..., torch.Tensor]) -> Callable[..., torch.Tensor]:
    """In C++ every tensor is on the CPU, so "like this one" and "on the CPU" look the same there: tell them apart."""

    def build(*args: Any, device: Any = None, requires_grad: bool = False, **kwargs: Any) -> torch.Tensor:
        if device is None:
            return original(*args, requires_grad=requires_grad, **kwargs)  # type: ignore[no-any-return]
        return placed(original(*args, **kwargs), device, requires_grad)

    return build


def _patch_memory(replacements: Replacements, devices: Devices) -> None:
    """NumPy views, pinned memory, copies of storages and files."""
    original_numpy = _Tensor.numpy

    def numpy(self: torch.Tensor, *, force: bool = False) -> Any:
        where = mark(self)
        if where is None:
            return original_numpy(self, force=force)
        if not force:
            raise errors.to_numpy(where)
        return original_numpy(self.detach().cpu(), force=True)

    replacements.set(_Tensor, "numpy", numpy)
    if torch.accelerator.is_available():

        def pin_memory(self: torch.Tensor, device: Any = None) -> torch.Tensor:
            where = mark(self)
            if where is not None:
                raise errors.cannot_pin(where.type)
            pinned = self.clone()
            setattr(pinned.untyped_storage(), _PINNED, True)
            return pinned

        def is_pinned(self: torch.Tensor, device: Any = None) -> bool:
            return hasattr(self.untyped_storage(), _PINNED)

        replacements.set(_Tensor, "pin_memory", pin_memory)
        replacements.set(_Tensor, "is_pinned", is_pinned)

    original_clone = torch.UntypedStorage.clone

    def clone(self: torch.UntypedStorage) -> Any:
        copied = original_clone(self)  # type: ignore[no-untyped-call]
        mark_storage(copied, storage_mark(self))
        return copied

    replacements.set(torch.UntypedStorage, "clone", clone)
    replacements.set(torch.serialization, "_package_registry", [_file_locations(devices), *package_registry])


def _file_locations(devices: Devices) -> tuple[int, Callable[[Any], str | None], Callable[[Any, str], Any]]:
    def location(storage: Any) -> str | None:
        where = storage_mark(storage)
        return None if where is None else str(where)

    def restore(storage: Any, location: str) -> Any:
        if location.partition(":")[0] not in ("cuda", "mps") or not torch.accelerator.is_available():
            return None  # torch's own handlers explain what is wrong.
        mark_storage(storage, devices.resolve(location))
        return storage

    return (0, location, restore)
