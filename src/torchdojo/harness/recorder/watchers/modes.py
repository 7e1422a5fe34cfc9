"""In which mode models run, and dropout that does not ask for the mode.

`root`, whenever it changes: forward (its number), model, training (the root's own flag).
`dropout`, for forwards of a model in eval mode, at most 200: forward, calls (of dropout functions that dropped, other
than by a dropout layer or by a module that is itself in train mode), attention (those of them that are attention's).
`noise`, for one of the first evaluations of each model: forward, spread (how far the answers to one batch lie apart
when it is asked twice with other random numbers, relative to the size of the answers).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from torchdojo.harness.originals import Module, detach, is_grad_enabled
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.numbers import array
from torchdojo.harness.recorder.tensors import tensors_in

_DROPOUTS = ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout")
_USUALLY_DROPS = frozenset(_DROPOUTS[:4])
_LAYERS = "torch.nn.modules.dropout"
_MOST_NOTES = 200


class Modes:
    """Follows the models' flags and the dropout functions."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._modes: dict[int, bool] = {}
        self._asked: set[int] = set()
        self._stepped = False
        #: In the evaluation that runs: calls that dropped, those of attention among them, and where the first was.
        self._evaluating = False
        self._dropped = self._attention = 0
        self._at = -1
        self._notes = 0
        bus.forward_begins.append(self._begin)
        bus.forward_ends.append(self._end)
        bus.step_ends.append(self._updated)
        for name in _DROPOUTS:
            bus.replace(functional, name, self._wrapping(name in _USUALLY_DROPS))
        bus.replace(functional, "scaled_dot_product_attention", self._wrap_attention)

    def _updated(self, optimizer: Any) -> None:
        self._stepped = True

    def _begin(self, module: Any, args: Any, kwargs: Any) -> None:
        self._evaluating = not module.training
        self._dropped = self._attention = 0

    def _end(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        model = self._bus.log.ident(module)
        if self._modes.get(model) is not module.training:
            self._modes[model] = module.training
            self._bus.note("modes", "root", forward=number, model=model, training=module.training)
        evaluating, self._evaluating = self._evaluating, False
        if evaluating and self._dropped and self._notes < _MOST_NOTES:
            self._notes += 1
            facts = {"forward": number, "calls": self._dropped, "attention": self._attention}
            self._bus.note("modes", "dropout", at=self._at, **facts)
        if evaluating and self._stepped and not is_grad_enabled() and model not in self._asked:
            if self._asked and not self._bus.affords_another():
                return
            self._asked.add(model)
            spread = self._spread(module, args, kwargs)
            if spread is not None:
                self._bus.note("modes", "noise", forward=number, spread=spread)

    def _wrapping(self, usual: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
            def dropout(input: Any, p: float = 0.5, training: bool = usual, inplace: bool = False) -> Any:
                if self._evaluating and training and p > 0:
                    self._noted(sys._getframe(1))
                return original(input, p, training, inplace)

            return dropout

        return wrap

    def _wrap_attention(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def attention(query: Any, key: Any, value: Any, *args: Any, **kwargs: Any) -> Any:
            if self._evaluating and (args[1] if len(args) > 1 else kwargs.get("dropout_p", 0.0)) > 0:
                before = self._dropped
                self._noted(sys._getframe(1))
                self._attention += self._dropped - before
            return original(query, key, value, *args, **kwargs)

        return attention

    def _noted(self, caller: Any) -> None:
        """Note a call that dropped, unless the module that made it is in train mode by itself."""
        try:
            if self._bus.experimenting or caller.f_globals.get("__name__") == _LAYERS:
                return
            owner = caller.f_locals.get("self")
            if isinstance(owner, Module) and owner.training:
                return
            if not self._dropped:
                self._at = self._bus.log.at()
            self._dropped += 1
        except Exception as error:
            self._bus.log.failed(error)

    def _spread(self, module: Any, args: Any, kwargs: Any) -> float | None:
        """How far two answers of a copy of the model to one batch lie apart."""
        with self._bus.experiment(), torch.no_grad():
            twin = self._bus.twin(module)
            if twin is None:
                return None
            answers = []
            for seed in (1, 2):
                torch.manual_seed(seed)
                try:
                    answers.append([array(detach(t)).astype("float64") for t in tensors_in(twin(*args, **kwargs))])
                except Exception:
                    return None  # What works once, and in the script, need not work on a copy.
            apart = [float(abs(a - b).max()) for a, b in zip(*answers, strict=False) if a.shape == b.shape and a.size]
            size = [float(abs(a).max()) for a in answers[0] if a.size]
        return max(apart) / (max(size) + 1e-12) if apart and size else None


def watch(bus: Bus) -> None:
    """Begin to watch."""
    Modes(bus)
