"""Models met in a run: their number, their class and their parameters."""

from __future__ import annotations

from typing import Any

import torch

from torchdojo.harness.originals import Module, numel, requires_grad_of, weak
from torchdojo.harness.recorder.log import Log

_parameters = Module.parameters
_wrappers = (torch.nn.DataParallel, torch.nn.parallel.DistributedDataParallel)
_unmade = torch.nn.parameter.UninitializedParameter

#: Parameters are listed anew in each of the first calls, then now and then: layers may be exchanged.
_FIRST, _EVERY = 3, 64


class Model:
    """A module with parameters that was called from outside any other. It is not kept alive."""

    __slots__ = ("_calls", "cls", "id", "module", "parameters", "trainable")

    def __init__(self, module: Any, number: int) -> None:
        self.module = weak(module)
        self.id = number
        self.cls = type(module).__name__
        self.parameters: list[Any] = []
        #: Scalars in parameters that required grad when they were listed.
        self.trainable = 0
        self._calls = 0

    def refresh(self) -> None:
        """List the parameters, when it is time to."""
        calls, self._calls = self._calls, self._calls + 1
        if calls < _FIRST or calls % _EVERY == 0:
            self.parameters = [p for p in _parameters(self.module()) if not isinstance(p, _unmade)]
            self.trainable = sum(numel(p) for p in self.parameters if requires_grad_of(p))


class Models:
    """What is known of each module, as long as it lives."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._known: dict[int, tuple[Any, Model | None]] = {}

    def of(self, module: Any) -> Model | None:
        """The model, seen through wrappers; None for a module without any parameter (a loss, an activation)."""
        found = self._known.get(id(module))
        if found is not None and found[0]() is module:
            return found[1]
        model: Model | None = None
        inner = unwrapped(module)
        if inner is not module:
            model = self.of(inner)
        elif next(iter(_parameters(module)), None) is not None:
            model = Model(module, self._log.ident(module))
        key, known = id(module), self._known

        def gone(reference: Any) -> None:
            # The model's parameters must not outlive it here.
            if key in known and known[key][0] is reference:
                del known[key]

        known[key] = (weak(module, gone), model)
        return model


def unwrapped(module: Any) -> Any:
    """The model inside the clothes of torch.compile or DataParallel."""
    for _ in range(4):
        children = vars(module).get("_modules", {})
        inner = children.get("module") if isinstance(module, _wrappers) else children.get("_orig_mod")
        if not isinstance(inner, Module):
            break
        module = inner
    return module
