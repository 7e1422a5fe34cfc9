"""A simulated accelerator on a CPU-only machine, so that device bugs can be judged without a GPU.

Every tensor stays an ordinary CPU tensor and every operation runs its ordinary CPU kernel: results are bit-equal to
a run on the CPU. What is simulated is where tensors *say* they are. A mark on the storage carries the device, a
dispatch mode lets results inherit it and refuses to mix devices, and a few patched names (`Tensor.to`,
`Tensor.device`, `torch.cuda.is_available`, ...) show it to the script.

Not simulated: speed, memory limits, the accelerator's own random numbers, its missing dtypes (float64 on mps).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import torch
import torch._dynamo  # Looks at every name in torch when it is first imported: let that be before any is replaced.
from torch.utils._python_dispatch import TorchDispatchMode

from torchdojo.harness import accelerator_errors as errors
from torchdojo.harness.accelerator_mixing import check_devices, is_factory, is_list_operation, result_follows
from torchdojo.harness.accelerator_modules import patch_device_modules
from torchdojo.harness.accelerator_random import check_generator, patch_generator
from torchdojo.harness.accelerator_replacements import Replacements
from torchdojo.harness.accelerator_tags import CPU, FLOATING, mark, raw_mark, real_device, set_mark
from torchdojo.harness.accelerator_tensors import patch_tensors

Name = Literal["cuda", "mps", "none"]

_KINDS = frozenset({"cuda", "mps", "xpu", "mtia", "hpu"})
_graph_task = torch._C._current_graph_task_id
_NO_GRAPH = -1


def install(name: Name) -> Accelerator:
    """Pretend that this machine has one accelerator called `name`, or none at all.

    Holds for the calling thread's operations until `uninstall`. Requests for a device that is not there fail with the
    message of a build without it.
    """
    return Accelerator(name)


class Accelerator:
    """The simulated device and the count of what ran on it."""

    def __init__(self, name: Name) -> None:
        self.name = name
        #: Operations with a tensor of the accelerator in or out.
        self.operations = 0
        #: Those of them that a backward pass ran: evidence that training happened there.
        self.training_operations = 0
        self._device = None if name == "none" else torch.device(name, 0)
        self._watching = True
        self._asked_by_the_script = False
        self._replacements = Replacements()
        patch_device_modules(self._replacements, name)
        patch_tensors(self._replacements, self)
        patch_generator(self._replacements, self.resolve)
        self._mode = _Mode(self)
        self._mode.__enter__()  # type: ignore[no-untyped-call]

    def uninstall(self) -> None:
        """Put torch back as it was."""
        self._mode.__exit__(None, None, None)  # type: ignore[no-untyped-call]
        self._replacements.undo()

    @contextmanager
    def unobserved(self) -> Iterator[None]:
        """For a recorder's own arithmetic: operations inside are neither counted nor checked."""
        watching, self._watching = self._watching, False
        try:
            yield
        finally:
            self._watching = watching

    def device_of(self, tensor: torch.Tensor) -> str:
        """The device as the script sees it: "cpu", "cuda:0", "mps:0", "meta"."""
        return str(self.locate(tensor))

    def locate(self, tensor: torch.Tensor) -> torch.device:
        """The same as a torch.device."""
        return (mark(tensor) if self._device is not None else None) or real_device(tensor)

    def resolve(self, device: Any) -> torch.device | None:
        """The simulated device that a request means; None for memory that torch handles itself (cpu, meta).

        Raises what torch raises for a device that is not there.
        """
        if isinstance(device, torch.device):
            wanted = device
        elif isinstance(device, int):
            wanted = torch.device("mps" if self.name == "mps" else "cuda", device)
        else:
            wanted = torch.device(device)
        if wanted.type not in _KINDS:
            return None
        if self._device is None or wanted.type != self._device.type:
            raise errors.unavailable(wanted.type)
        if wanted.index not in (None, 0):
            raise errors.no_such_index(wanted.type)
        return self._device

    @contextmanager
    def asked_by_the_script(self) -> Iterator[None]:
        """Inside, a factory was called from Python: a tensor on the CPU is meant to be there."""
        before, self._asked_by_the_script = self._asked_by_the_script, True
        try:
            yield
        finally:
            self._asked_by_the_script = before

    def dispatch(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run one operation as the accelerator would."""
        where, strangers = self._settle(args, kwargs)
        requested = kwargs.get("device")
        if where is None and requested is None:
            result = function(*args, **kwargs)
            if strangers is None:
                _mark_all(result, FLOATING)
            return result
        asked = None if requested is None else self.resolve(requested)
        if requested is not None and asked is None and (where is None or requested.type != "cpu"):
            result = function(*args, **kwargs)
            if requested.type == "cpu" and is_factory(function) and not self._asked_by_the_script:
                _mark_all(result, FLOATING)
            return result
        # C++ formulas name the real device of what they work on, the cpu: it means "here".
        target = asked or where
        if requested is not None:
            kwargs = {**kwargs, "device": CPU}
            if "pin_memory" in kwargs:
                kwargs["pin_memory"] = False
        if self._watching:
            self._observe(function, args, kwargs, where, target, strangers)
        result = function(*args, **kwargs)
        if is_list_operation(function):
            _mark_by_position(result, args)
        elif result_follows(function):
            _mark_all(result, target)
        return result

    def _settle(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[torch.device | None, bool | None]:
        """The accelerator if an operand is there, and whether others are on the CPU (None: there are only floats).

        Memory that C++ made in the middle of a formula floats until it meets an operand; then it belongs there.
        """
        where: torch.device | None = None
        strangers = anchored = False
        floating: list[torch.Tensor] = []
        for tensor in _tensors((*args, *kwargs.values())):
            found = raw_mark(tensor)
            if found is None:
                strangers = True
                anchored = anchored or tensor.dim() > 0
            elif found is FLOATING:
                floating.append(tensor)
            elif where is None:
                where = found
        if not floating:
            return where, strangers
        if where is None and not anchored:
            return None, None
        for tensor in floating:
            set_mark(tensor, where)
        return where, strangers

    def _observe(
        self,
        function: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        where: torch.device | None,
        target: torch.device | None,
        strangers: bool | None,
    ) -> None:
        in_backward = _graph_task() != _NO_GRAPH
        if not in_backward:
            if strangers and where is not None:
                check_devices(function, args, kwargs, where)
            if (generator := kwargs.get("generator")) is not None:
                check_generator(generator, target)
        self.operations += 1
        self.training_operations += in_backward


class _Mode(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __init__(self, accelerator: Accelerator) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._accelerator = accelerator

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return self._accelerator.dispatch(func, args, kwargs or {})


def _tensors(values: Any) -> Iterator[torch.Tensor]:
    for value in values:
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, (list, tuple)):
            for inner in value:
                if isinstance(inner, torch.Tensor):
                    yield inner


def _mark_all(result: Any, device: Any) -> None:
    for tensor in _tensors(result if isinstance(result, (tuple, list)) else (result,)):
        if raw_mark(tensor) is not device:
            set_mark(tensor, device)


def _mark_by_position(result: Any, args: tuple[Any, ...]) -> None:
    """Results of operations over lists: each lives where the first list's tensor of that position lives."""
    if not isinstance(result, (list, tuple)) or not args or not isinstance(args[0], (list, tuple)):
        return
    for output, source in zip(result, args[0], strict=False):
        if isinstance(output, torch.Tensor) and isinstance(source, torch.Tensor):
            set_mark(output, mark(source))
