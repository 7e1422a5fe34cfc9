"""torch.cuda, torch.mps and torch.accelerator as they answer on a machine with one such device, or none."""

from __future__ import annotations

import time
import types
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
import torch.backends.cudnn
import torch.backends.mps

from torchdojo.harness import accelerator_errors as errors
from torchdojo.harness.accelerator_replacements import Replacements

_DEVICE_NAME = "torchdojo simulated accelerator"
_MEMORY_BYTES = 16 << 30

_DO_NOTHING = (
    *("synchronize", "empty_cache", "ipc_collect", "init", "_lazy_init", "_lazy_call", "set_stream"),
    *("manual_seed", "manual_seed_all", "seed", "seed_all", "set_rng_state", "set_rng_state_all"),
    *("reset_peak_memory_stats", "reset_accumulated_memory_stats", "set_per_process_memory_fraction"),
    *("reset_max_memory_allocated", "reset_max_memory_cached"),
)
_ARE_ZERO = (
    *("current_device", "initial_seed", "utilization", "memory_allocated", "max_memory_allocated"),
    *("memory_reserved", "max_memory_reserved", "memory_cached", "max_memory_cached"),
)


def patch_device_modules(replacements: Replacements, name: str) -> None:
    """Make availability, names, seeds and memory figures answer for the device `name` ("none": for no device)."""
    _patch_cuda(replacements, present=name == "cuda")
    _patch_mps(replacements, present=name == "mps")
    _patch_accelerator(replacements, None if name == "none" else name)


def _patch_cuda(replacements: Replacements, *, present: bool) -> None:
    cuda = torch.cuda
    answers: dict[str, Any] = {"is_available": lambda: present, "device_count": lambda: int(present)}
    if present:
        answers |= {each: _does_nothing() for each in _DO_NOTHING} | {each: _is_zero() for each in _ARE_ZERO}
        answers |= {
            "is_initialized": lambda: True,
            "get_device_name": _checked(_DEVICE_NAME),
            "get_device_capability": _checked((8, 0)),
            "get_device_properties": _checked(_properties()),
            "is_bf16_supported": lambda including_emulation=True: True,
            "set_device": _checked(None),
            "mem_get_info": _checked((_MEMORY_BYTES, _MEMORY_BYTES)),
            "memory_stats": lambda device=None: {},
            "memory_summary": lambda device=None, abbreviated=False: "",
            "get_rng_state": lambda device="cuda": torch.get_rng_state(),
            "get_rng_state_all": lambda: [torch.get_rng_state()],
            "device": _DeviceContext,
            "device_of": _DeviceContext,
            "Stream": _Stream,
            "Event": _Event,
            "current_stream": lambda device=None: _Stream(),
            "default_stream": lambda device=None: _Stream(),
            "stream": lambda stream: nullcontext(stream),
        }
        replacements.set(torch.backends.cudnn, "is_acceptable", lambda tensor: False)
    else:
        answers["_lazy_init"] = _refuses("cuda")
    _replace(replacements, cuda, answers)


def _patch_mps(replacements: Replacements, *, present: bool) -> None:
    replacements.set(torch.backends.mps, "is_available", lambda: present)
    replacements.set(torch.backends.mps, "is_built", lambda: present)
    answers: dict[str, Any] = {"device_count": lambda: int(present), "is_available": lambda: present}
    if present:
        answers |= {each: _does_nothing() for each in _DO_NOTHING}
        answers |= {
            "current_allocated_memory": _is_zero(),
            "driver_allocated_memory": _is_zero(),
            "recommended_max_memory": lambda: _MEMORY_BYTES,
            "get_rng_state": lambda device="mps": torch.get_rng_state(),
        }
    _replace(replacements, torch.mps, answers)


def _patch_accelerator(replacements: Replacements, name: str | None) -> None:
    device = None if name is None else torch.device(name)
    answers: dict[str, Any] = {
        "is_available": lambda: device is not None,
        "device_count": lambda: int(device is not None),
        "current_accelerator": lambda check_available=False: device,
    }
    if device is not None:
        answers |= {each: _does_nothing() for each in _DO_NOTHING} | {each: _is_zero() for each in _ARE_ZERO}
        answers |= {
            "current_device_index": _is_zero(),
            "current_device_idx": _is_zero(),
            "set_device_index": _checked(None),
            "set_device_idx": _checked(None),
            "device_index": _DeviceContext,
            "memory_stats": lambda device=None: {},
            "get_memory_info": _checked((_MEMORY_BYTES, _MEMORY_BYTES)),
            "current_stream": lambda device=None: _Stream(),
        }
    _replace(replacements, torch.accelerator, answers)


def _replace(replacements: Replacements, module: types.ModuleType, answers: dict[str, Any]) -> None:
    """Only what this version of torch has: nothing is added to its face."""
    for name, answer in answers.items():
        if hasattr(module, name):
            replacements.set(module, name, answer)


def _does_nothing() -> Callable[..., None]:
    """A new function each time: torch's compiler refuses a name that is the same object as another."""
    return lambda *_, **__: None


def _is_zero() -> Callable[..., int]:
    return lambda *_, **__: 0


def _refuses(kind: str) -> Callable[..., None]:
    def refuse(*_: Any, **__: Any) -> None:
        raise errors.unavailable(kind)

    return refuse


def _checked(answer: Any) -> Callable[..., Any]:
    """A function of a device that knows only the one there is."""

    def ask(device: Any = None, *_: Any, **__: Any) -> Any:
        _check_index(device)
        return answer

    return ask


def _check_index(device: Any) -> None:
    index = device if isinstance(device, int) else None if device is None else torch.device(device).index
    if index is not None and index > 0:
        raise errors.no_such_index("cuda")


def _properties() -> types.SimpleNamespace:
    return types.SimpleNamespace(
        name=_DEVICE_NAME, major=8, minor=0, total_memory=_MEMORY_BYTES, multi_processor_count=1, warp_size=32
    )


class _DeviceContext(AbstractContextManager[None]):
    """torch.cuda.device(0): there is only one device to select."""

    def __init__(self, device: Any = None) -> None:
        if not isinstance(device, torch.Tensor):
            _check_index(device)

    def __exit__(self, *_: object) -> None:
        return None


class _Stream(AbstractContextManager["_Stream"]):
    """A queue of work that is always done."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def query(self) -> bool:
        """Nothing is ever pending."""
        return True

    def is_capturing(self) -> bool:
        """No graph of the device is being recorded; optimizers ask before every step."""
        return False

    def record_event(self, event: _Event | None = None) -> _Event:
        """An event that has happened already."""
        event = event or _Event()
        event.record()
        return event

    def __exit__(self, *_: object) -> None:
        return None

    synchronize = wait_stream = wait_event = _does_nothing()


class _Event:
    """A moment on the clock, for scripts that time their steps."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self._at = 0.0

    def record(self, stream: Any = None) -> None:
        """Take the time."""
        self._at = time.perf_counter()

    def elapsed_time(self, end: _Event) -> float:
        """Milliseconds until another event."""
        return (end._at - self._at) * 1000.0

    def query(self) -> bool:
        """It has always happened."""
        return True

    synchronize = wait = _does_nothing()
