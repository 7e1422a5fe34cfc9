"""Random generators that say they belong to the simulated accelerator; the numbers are the CPU's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchdojo.harness import accelerator_errors as errors
from torchdojo.harness.accelerator_replacements import Replacements

_Generator = torch.Generator

#: Generators of the accelerator by the address of their C++ object: torch hands operations another Python object.
#: They are kept here so that no other generator can come to that address.
_simulated: dict[int, torch.Generator] = {}


def check_generator(generator: torch.Generator, target: torch.device | None) -> None:
    """Raise torch's error when a tensor on `target` (None: the CPU) is drawn with a generator of another device."""
    known = _simulated.get(generator._cdata, generator)  # type: ignore[attr-defined]
    expected = "cpu" if target is None else target.type
    if known.device.type != expected:
        raise errors.wrong_generator(expected, known.device.type)


def patch_generator(replacements: Replacements, resolve: Callable[[Any], torch.device | None]) -> None:
    """Let torch.Generator(device=...) know the accelerator."""

    class Meta(type(_Generator)):  # type: ignore[misc]
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, _Generator)

    class Generator(_Generator, metaclass=Meta):
        """A CPU generator that may say it belongs to the accelerator."""

        _device: torch.device

        def __new__(cls, device: Any = "cpu") -> Any:
            target = resolve(device)
            if target is None:
                return _Generator(device)
            made: Any = _Generator.__new__(cls, "cpu")  # type: ignore[call-arg]
            made._device = target
            _simulated[made._cdata] = made
            return made

        def __init__(self, device: Any = "cpu") -> None:
            """Everything is done in __new__."""

        @property
        def device(self) -> torch.device:  # type: ignore[override]
            """The device it says it is for."""
            return self._device

    replacements.set(torch, "Generator", Generator)
