"""Low-rank adapters beside frozen weights, and checkpointed parts of a model that get no gradients.

adapter         before the first update of its factors, or of the model around them: cls (of the module that holds it),
                rank, ratio (norm of the product of the factors by that of the frozen weight), moves (how far the
                module's output moves when one factor is set to zero, by the size of the output), zero (both factors
                are zero), principal (the frozen weight has lost what the factors hold), loaded (the factors came from
                a state dict). Factors kept apart from the frozen weight are noted only where their product is zero
                and one of them is not: others may be no adapter at all
checkpoint      torch.utils.checkpoint ran with gradients enabled, the first time at its line: reentrant, fed (an
                input requires grad), trainable (parameters inside that do)
"""

from __future__ import annotations

import weakref
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils import checkpoint

from torchdojo.harness.originals import Module, Parameter, Tensor, detach, is_grad_enabled, requires_grad_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.identities import Identities
from torchdojo.harness.recorder.tensors import tensors_in

_NAME = "adapters"
_MOST_ADAPTERS = 16
_MOST_CHECKPOINTS = 32


def watch(bus: Bus) -> None:
    """Begin to watch."""
    watcher = _Adapters(bus)
    bus.forward_ends.append(watcher.forward_ends)
    bus.step_begins.append(watcher.step_begins)
    bus.replace(Module, "load_state_dict", watcher.wrap_loading)
    bus.replace(checkpoint, "checkpoint", watcher.wrap_checkpoint)


@dataclass(frozen=True, slots=True)
class _Adapter:
    module: Any
    down: Any
    up: Any
    frozen: Any

    @property
    def product(self) -> Any:
        """What is added to the frozen weight, up to a factor."""
        down = self.down if self.down.shape[1] == self.frozen.shape[1] else self.down.T
        up = self.up if self.up.shape[0] == self.frozen.shape[0] else self.up.T
        return up @ down


class _Adapters:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._models: dict[int, Any] = {}
        self._known = Identities()
        self._loaded = Identities()
        self._noted = 0
        self._told = Identities()
        self._places: set[int] = set()

    def forward_ends(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        """Remember which models there are."""
        ident = self._bus.log.ident(module)
        if ident not in self._models and is_grad_enabled() and len(self._models) < _MOST_ADAPTERS:
            self._models[ident] = weakref.ref(module)

    def step_begins(self, optimizer: Any) -> None:
        """Look at the adapters whose factors, or the model around them, are about to be moved for the first time."""
        fresh = {
            id(parameter): parameter
            for group in optimizer.param_groups
            for parameter in group["params"]
            if parameter not in self._known
        }
        if not fresh:
            return
        models = [model for reference in self._models.values() if (model := reference()) is not None]
        moving = [model for model in models if any(id(p) in fresh for p in Module.parameters(model))]
        seen: set[int] = set()
        for module in [inner for model in moving for inner in Module.modules(model)]:
            if id(module) in seen or self._noted >= _MOST_ADAPTERS:
                continue
            seen.add(id(module))
            adapter = _adapter_of(module)
            if adapter is not None and self._is_new(adapter, fresh):
                self._note(adapter)
        for model in moving:
            self._note_apart(model, fresh)
        self._known.update(fresh.values())

    def _note_apart(self, model: Any, fresh: Collection[int]) -> None:
        """Adapters that are hooked onto their layers."""
        frozen = [p for p in Module.parameters(model) if p.dim() == 2 and not requires_grad_of(p)]
        if not frozen:
            return
        for module in Module.modules(model):
            if self._noted >= _MOST_ADAPTERS:
                continue
            adapter = _adapter_among(module, frozen)
            if adapter is None or _adapter_of(module) is not None or not self._is_new(adapter, fresh):
                continue
            if bool(adapter.down.any()) != bool(adapter.up.any()):
                self._note(adapter)

    def _is_new(self, adapter: _Adapter, fresh: Collection[int]) -> bool:
        """Whether nothing has moved the factors yet: factors that no optimizer holds may have been moved by hand."""
        owned = [id(factor) in fresh for factor in (adapter.down, adapter.up)]
        if adapter.down in self._told or adapter.up in self._told:
            return False
        known = adapter.down in self._known or adapter.up in self._known
        return all(owned) or not (any(owned) or known or self._bus.log.by_hand)

    def _note(self, adapter: _Adapter) -> None:
        self._told.update([adapter.down, adapter.up])
        self._noted += 1
        with self._bus.experiment(), torch.no_grad():
            product, weight = adapter.product, adapter.frozen
            size = float(weight.norm()) + 1e-12
            down = adapter.down if adapter.down.shape[1] == weight.shape[1] else adapter.down.T
            kept = float((weight @ down.T).norm()) / (size * (float(down.norm()) + 1e-12))
            facts: dict[str, Any] = {
                "cls": type(adapter.module).__name__,
                "rank": int(min(adapter.down.shape)),
                "ratio": float(product.norm()) / size,
                "moves": self._moves(adapter),
                "zero": not bool(adapter.down.any()) and not bool(adapter.up.any()),
                "principal": kept < 1e-3,
                "loaded": adapter.down in self._loaded or adapter.up in self._loaded,
            }
        self._bus.note(_NAME, "adapter", **facts)

    def _moves(self, adapter: _Adapter) -> float | None:
        """The module with its factors and with one of them at zero; None when it cannot be run alone."""
        twin = self._bus.twin(adapter.module)
        if twin is None:
            return None
        twin.eval()
        x = torch.randn(8, adapter.frozen.shape[1], dtype=adapter.frozen.dtype, device=adapter.frozen.device)
        try:
            before = twin(x)
            copy = _adapter_of(twin)
            if copy is None:
                return None
            copy.up.zero_()
            after = twin(x)
            return float((before - after).norm()) / (float(after.norm()) + 1e-12)
        except Exception:
            return None

    def wrap_loading(self, original: Any) -> Any:
        """For `load_state_dict`: factors from a file are not fresh."""

        def load_state_dict(module: Any, state_dict: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(module, state_dict, *args, **kwargs)
            try:
                self._loaded.update(p for name, p in Module.named_parameters(module) if name in state_dict)
            except Exception as error:
                self._bus.log.failed(error)
            return result

        return load_state_dict

    def wrap_checkpoint(self, original: Any) -> Any:
        """For `torch.utils.checkpoint.checkpoint`."""

        def checkpointed(function: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                self._note_checkpoint(function, args, kwargs)
            except Exception as error:
                self._bus.log.failed(error)
            return original(function, *args, **kwargs)

        return checkpointed

    def _note_checkpoint(self, function: Any, args: Any, kwargs: Any) -> None:
        if self._bus.experimenting or not is_grad_enabled() or len(self._places) >= _MOST_CHECKPOINTS:
            return
        parameters = {id(p): p for module in _modules_in(function) for p in Module.parameters(module)}
        trainable = sum(requires_grad_of(p) for p in parameters.values())
        reentrant = kwargs.get("use_reentrant") in (None, True)
        fed = any(requires_grad_of(t) for arg in args for t in tensors_in(arg))
        at = self._bus.log.at()
        key = hash((at, reentrant, fed, trainable > 0))
        if key not in self._places:
            self._places.add(key)
            self._bus.note(_NAME, "checkpoint", at, reentrant=reentrant, fed=fed, trainable=trainable)


def _adapter_of(module: Any) -> _Adapter | None:
    """Two trainable matrices of low rank whose product has the shape of a frozen one, all close together."""
    return _adapter_among(module, [p for p in _own_and_childrens(module) if p.dim() == 2 and not requires_grad_of(p)])


def _adapter_among(module: Any, frozen: list[Any]) -> _Adapter | None:
    """The same of a frozen matrix that may be elsewhere."""
    trainable = [p for p in _own_and_childrens(module) if p.dim() == 2 and requires_grad_of(p)]
    for weight in frozen:
        out, given = weight.shape
        for down in trainable:
            for up in trainable:
                rank = min(down.shape)
                fits = sorted(down.shape) == sorted((rank, given)) and sorted(up.shape) == sorted((rank, out))
                if down is not up and fits and rank < min(out, given) and max(down.shape) == given:
                    return _Adapter(module, down, up, weight)
    return None


def _own_and_childrens(module: Any) -> Iterator[Any]:
    for holder in (module, *vars(module).get("_modules", {}).values()):
        if isinstance(holder, Module):
            yield from (p for p in vars(holder)["_parameters"].values() if isinstance(p, Parameter))
            if isinstance(holder, (torch.nn.ParameterDict, torch.nn.ParameterList)):
                continue
            for value in vars(holder)["_buffers"].values():
                if isinstance(value, Tensor) and value.is_floating_point():
                    yield detach(value)


def _modules_in(function: Any) -> Iterator[Any]:
    """The modules that a function runs: itself, its owner, what it closes over."""
    if isinstance(function, Module):
        yield function
    owner = getattr(function, "__self__", None)
    if isinstance(owner, Module):
        yield owner
    for cell in getattr(function, "__closure__", None) or ():
        try:
            value = cell.cell_contents
        except ValueError:
            continue
        if isinstance(value, Module):
            yield value
