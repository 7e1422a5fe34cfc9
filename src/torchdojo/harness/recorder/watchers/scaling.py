"""Loss scaling: what is done to gradients that carry the scale of a GradScaler.

Notes, each for the first calls only:

- `clip`: gradients were clipped; scaled (they were still multiplied by the scale), scale, limit
- `step`: scaler.step was called; opt, repeat (the how manieth call for this optimizer since scaler.update), passes and
  scaled (backward passes since the last update of it, and those that began at a scaled loss), scale
- `direct`: an optimizer stepped by itself although its gradients were scaled; opt, scale
- `update`: scaler.update was called; steps (calls of scaler.step since the last one)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from torch.amp.grad_scaler import GradScaler

from torchdojo.harness.originals import weak
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.optimizers import Optimizers, State, state_of
from torchdojo.harness.recorder.scaled_losses import current_scale, replace_scaling, scale_behind
from torchdojo.harness.recorder.watchers.clipping import replace_clipping

_BY = "scaling"
_NOTED = 300


class _Watch:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._owners = Optimizers(bus)
        self._scaler: Any = None
        self._before: dict[int, dict[int, State]] = {}
        #: The states of gradients that are scaled, by the identity of the parameter.
        self._scaled: dict[int, State] = {}
        self._repeats: Counter[int] = Counter()
        self._passes: Counter[int] = Counter()
        self._scaled_passes: Counter[int] = Counter()
        self._noted = self._steps = 0
        self._own_step = False
        replace_scaling(bus, self._meet)
        bus.replace(GradScaler, "unscale_", self._wrap_unscale)
        bus.replace(GradScaler, "step", self._wrap_step)
        bus.replace(GradScaler, "update", self._wrap_update)
        replace_clipping(bus, self._clip)
        bus.backward_begins.append(self._begin)
        bus.backward_ends.append(self._end)
        bus.step_begins.append(self._step)

    def _note(self, what: str, **facts: Any) -> None:
        if self._noted < _NOTED and not self._bus.log.light:
            self._noted += 1
            self._bus.note(_BY, what, **facts)

    def _guarded(self, act: Callable[..., None], *what: Any) -> None:
        try:
            act(*what)
        except Exception as error:
            self._bus.log.failed(error)

    @property
    def _scale(self) -> float:
        scaler = None if self._scaler is None else self._scaler()
        if scaler is None:
            return 1.0
        return current_scale(scaler)

    def _meet(self, scaler: Any) -> None:
        self._scaler = weak(scaler)

    def _wrap_unscale(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def unscale_(scaler: Any, optimizer: Any) -> Any:
            result = original(scaler, optimizer)
            self._guarded(self._forget, optimizer)
            return result

        return unscale_

    def _forget(self, optimizer: Any) -> None:
        for parameter in self._owners.of(optimizer).parameters():
            self._scaled.pop(id(parameter), None)

    def _wrap_step(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def step(scaler: Any, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
            self._guarded(self._attempt, scaler, optimizer)
            self._own_step = True
            try:
                return original(scaler, optimizer, *args, **kwargs)
            finally:
                self._own_step = False
                self._guarded(self._forget, optimizer)

        return step

    def _attempt(self, scaler: Any, optimizer: Any) -> None:
        if not scaler._enabled:
            return
        self._scaler = weak(scaler)
        number = self._owners.of(optimizer).number
        self._steps += 1
        self._repeats[number] += 1
        passes, scaled = self._passes.pop(number, 0), self._scaled_passes.pop(number, 0)
        self._note("step", opt=number, repeat=self._repeats[number], passes=passes, scaled=scaled, scale=self._scale)

    def _wrap_update(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def update(scaler: Any, *args: Any, **kwargs: Any) -> Any:
            if scaler._enabled:
                self._guarded(self._close)
            return original(scaler, *args, **kwargs)

        return update

    def _close(self) -> None:
        self._note("update", steps=self._steps)
        self._steps = 0
        self._repeats.clear()

    def _begin(self, roots: list[Any]) -> None:
        self._before = {} if self._scaler is None else {owner.number: owner.gradients() for owner in self._owners}

    def _end(self, roots: list[Any], reached: list[int], failed: bool) -> None:
        if failed or self._scaler is None:
            return
        scaled = any(scale_behind(root) is not None for root in roots)
        for owner in self._owners:
            before = self._before.get(owner.number, {})
            changed = {key: s for key, s in owner.gradients().items() if s is not None and before.get(key) != s}
            if changed:
                self._passes[owner.number] += 1
                self._scaled_passes[owner.number] += scaled
                for key, state in changed.items():
                    if scaled:
                        self._scaled[key] = state
                    else:
                        self._scaled.pop(key, None)

    def _step(self, optimizer: Any) -> None:
        if self._own_step or self._scaler is None or self._bus.log.light:
            return
        owner = self._owners.of(optimizer)
        states = {id(p): state_of(p) for p in owner.representatives()}
        if any(state is not None and self._scaled.get(key) == state for key, state in states.items()):
            self._note("direct", opt=owner.number, scale=self._scale)
        self._forget(optimizer)

    def _clip(self, parameters: list[Any], bound: float | None) -> None:
        if self._scaler is None:
            return
        held = [p for p in parameters if id(p) in self._scaled]
        if bound is None:
            # Clipped gradients are as scaled as they were.
            for parameter in held:
                if self._scaled[id(parameter)] is not None:
                    self._scaled[id(parameter)] = state_of(parameter)
            return
        untouched = [p for p in held if self._scaled[id(p)] == state_of(p)]
        for parameter in held:
            if self._scaled[id(parameter)] != state_of(parameter):
                # Something else has been done to it: perhaps it was unscaled by hand.
                del self._scaled[id(parameter)]
        if parameters:
            self._note("clip", scaled=bool(untouched), scale=self._scale, limit=bound)


def watch(bus: Bus) -> None:
    """Begin to watch."""
    _Watch(bus)
