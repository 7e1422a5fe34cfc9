"""Parameters that are frozen, what moves all the same, and what was meant to be frozen.

`statistics`, once for each model with trained-before batch norms that work in train mode although their own parameters
are frozen: model, layers (how many), name (of the first), drift (how far their running means moved between the first
and the last look, in their standard deviations, on average), steps (updates in between). Left out when the parameters
change or begin to want gradients in between: then somebody else updates them.
`attribute`, once for each: owner (class of the module, "Parameter" for a tensor), name (of an attribute that freezes
nothing), tensors (parameters behind it that want gradients all the same), moved (those that changed), steps.
`fresh`, once for each model at its last look: model, layers (frozen layers whose weights were neither trained nor
loaded), classes (of some of them), trained (tensors that do train and had been trained or loaded before).
`idle`, once for each optimizer that steps while every tensor it has is frozen: cls, tensors.
`trained`, of each optimizer at its second update, its fourth, its eighth, and so on: numbers, how many there are in its
tensors that have a gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher
from typing import Any

import numpy as np

from torchdojo.harness.originals import Module, Parameter, grad_of, numel, requires_grad_of, shape_of, weak
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.identities import Identities
from torchdojo.harness.recorder.looks import Look, looks_of
from torchdojo.harness.recorder.numbers import Array, array
from torchdojo.harness.recorder.owners import own_parameters, owners_of, same_values, some_values

_modules, _parameters = Module.modules, Module.parameters

#: Attributes at least so much like "requires_grad" were meant to be it.
_ALIKE = 0.85
_MOST_NAMED = 4


class _Norm:
    """A batch norm with frozen parameters, as it was when first seen so."""

    def __init__(self, layer: Any) -> None:
        self.layer = weak(layer)
        self.mean: Array = array(layer.running_mean).astype(np.float64)
        self.deviation: Array = np.sqrt(array(layer.running_var).astype(np.float64) + 1e-12)
        self.values = [some_values(p) for p in own_parameters(layer)]
        self.drift = 0.0

    def look(self, layer: Any) -> bool:
        """See how far the statistics went; False when the parameters are no longer as they were."""
        now = [some_values(p) for p in own_parameters(layer)]
        self.drift = float((np.abs(array(layer.running_mean) - self.mean) / self.deviation).mean())
        return len(now) == len(self.values) and all(map(same_values, self.values, now))


class _Frozen:
    """What is known of one model."""

    def __init__(self, cls: str) -> None:
        self.cls = cls
        self.norms: dict[int, _Norm] = {}
        self.excluded: set[int] = set()
        self.first = self.last = 0
        self.name = ""
        self.at = -1
        self.fresh: list[str] = []
        self.trained: set[int] = set()
        self.fresh_at = -1


class _Attribute:
    """An attribute that freezes nothing."""

    def __init__(self, owner: str, name: str, parameters: list[Any], at: int, updates: int) -> None:
        self.owner, self.name, self.at = owner, name, at
        self.first = self.last = updates
        self.parameters = [(weak(p), some_values(p)) for p in parameters]
        self.moved = 0

    def look(self, updates: int) -> None:
        self.last = updates
        living = [(p, before) for ref, before in self.parameters if (p := ref()) is not None]
        self.moved = sum(not same_values(before, some_values(p)) for p, before in living)


class Freezing:
    """Looks at flags, statistics and attributes in the forwards that are looked into."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._owners = owners_of(bus)
        self._looks = looks_of(bus)
        self._models: dict[int, _Frozen] = {}
        self._attributes: dict[tuple[int, str], _Attribute] = {}
        self._loaded = Identities()
        self._awaited = Identities()
        self._steps: dict[int, int] = {}
        self._looks.begins.append(self._before)
        self._looks.ends.append(self._after)
        bus.step_begins.append(self._step)
        bus.script_ends.append(self._tell)
        bus.replace(Module, "load_state_dict", self._wrap_load)

    def _wrap_load(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def load_state_dict(module: Any, state_dict: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                names = dict(Module.named_parameters(module))
                if not any(key in names for key in state_dict):
                    self._awaited.update(names.values())
            except Exception as error:
                self._bus.log.failed(error)
            result = original(module, state_dict, *args, **kwargs)
            try:
                names = dict(Module.named_parameters(module))
                self._loaded.update(names[key] for key in state_dict if key in names)
            except Exception as error:
                self._bus.log.failed(error)
            return result

        return load_state_dict

    def _before(self, look: Look) -> None:
        """The running statistics, before the forward moves them."""
        number = self._bus.log.ident(look.root)
        model = self._models.setdefault(number, _Frozen(type(look.root).__name__))
        for layer in _modules(look.root):
            key = id(layer)
            if getattr(layer, "running_mean", None) is None or key in model.excluded:
                continue
            own = own_parameters(layer)
            known = model.norms.get(key)
            if not own or not layer.training or any(requires_grad_of(p) for p in own):
                if known is not None:
                    model.excluded.add(key)
                    del model.norms[key]
            elif known is not None and known.layer() is layer:
                model.last = look.updates
                if not known.look(layer):
                    model.excluded.add(key)
                    del model.norms[key]
            elif array(layer.running_mean).any():
                if not model.norms:
                    model.first, model.at, model.name = look.updates, self._bus.log.at(), look.name(layer) or ""
                model.norms[key] = _Norm(layer)

    def _after(self, look: Look) -> None:
        if not look.calls or not look.calls[0].grad:
            return
        self._find_attributes(look)
        for attribute in self._attributes.values():
            attribute.look(look.updates)
        self._find_fresh(look)

    def _find_attributes(self, look: Look) -> None:
        for module in _modules(look.root):
            own = vars(module)
            for name in ("requires_grad", "require_grad", "require_grads", "requires_grads"):
                if own.get(name) is False:
                    wanting = [p for p in _parameters(module) if requires_grad_of(p)]
                    self._attribute(look, module, type(module).__name__, name, wanting)
        for parameter in _parameters(look.root):
            said = getattr(parameter, "__dict__", None)
            if said and requires_grad_of(parameter):
                for name, value in said.items():
                    if value is False and SequenceMatcher(None, name, "requires_grad").ratio() >= _ALIKE:
                        self._attribute(look, look.root, "Parameter", name, [parameter])

    def _attribute(self, look: Look, owner: Any, said: str, name: str, wanting: list[Any]) -> None:
        key = (id(owner), name)
        known = self._attributes.get(key)
        if known is None:
            if wanting:
                at = self._bus.log.at()
                self._attributes[key] = _Attribute(said, name, wanting, at, look.updates)
        elif said == "Parameter" and all(ref() is not wanting[0] for ref, _ in known.parameters):
            known.parameters.append((weak(wanting[0]), some_values(wanting[0])))

    def _find_fresh(self, look: Look) -> None:
        model = self._models[self._bus.log.ident(look.root)]
        fresh = []
        for call in look.calls:
            weight = vars(call.module).get("_parameters", {}).get("weight")
            if weight is None or requires_grad_of(weight) or len(shape_of(weight)) < 2:
                continue
            # Where weights were to be loaded and none fitted, freezing was right: the load is what has to be mended.
            arrived = self._owners.owns(weight) or weight in self._loaded or weight in self._awaited
            if not arrived and np.ptp(some_values(weight)) > 0:
                fresh.append(type(call.module).__name__)
        if fresh and not model.fresh:
            again = [p for p in _parameters(look.root) if requires_grad_of(p)]
            model.trained = {id(p) for p in again if self._owners.owns(p) or p in self._loaded}
            model.fresh_at = self._bus.log.at()
        model.fresh = fresh

    def _step(self, optimizer: Any) -> None:
        number = self._bus.log.ident(optimizer)
        steps = self._steps[number] = self._steps.get(number, 0) + 1
        if steps > 1 and steps & (steps - 1) == 0:
            held = [p for group in optimizer.param_groups for p in group["params"]]
            numbers = sum(numel(p) for p in held if grad_of(p) is not None)
            self._bus.note("freezing", "trained", at=-1, numbers=numbers)
        if steps == 3:
            held = [p for group in optimizer.param_groups for p in group["params"]]
            if held and all(isinstance(p, Parameter) and not requires_grad_of(p) for p in held):
                self._bus.note("freezing", "idle", cls=type(optimizer).__name__, tensors=len(held))

    def _tell(self) -> None:
        for model in self._models.values():
            if model.norms:
                drift = float(np.mean([norm.drift for norm in model.norms.values()]))
                facts = {"layers": len(model.norms), "name": model.name, "drift": drift}
                steps = model.last - model.first
                self._bus.note("freezing", "statistics", at=model.at, model=model.cls, steps=steps, **facts)
            if model.fresh:
                facts = {"layers": len(model.fresh), "classes": model.fresh[:_MOST_NAMED]}
                self._bus.note(
                    "freezing", "fresh", at=model.fresh_at, model=model.cls, trained=len(model.trained), **facts
                )
        for attribute in self._attributes.values():
            self._bus.note(
                "freezing",
                "attribute",
                at=attribute.at,
                owner=attribute.owner,
                name=attribute.name,
                tensors=len(attribute.parameters),
                moved=attribute.moved,
                steps=attribute.last - attribute.first,
            )


def watch(bus: Bus) -> None:
    """Begin to watch."""
    Freezing(bus)
