"""Backward passes: what they started from, what they reached, what they filled."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from torchdojo.harness.originals import (
    Module,
    Parameter,
    Tensor,
    detach,
    dtype_of,
    functorch_level,
    is_leaf_of,
    item,
    numel,
    requires_grad_of,
    shape_of,
)
from torchdojo.harness.recorder.by_hand import ByHand, gradients_of, leaves_behind
from torchdojo.harness.recorder.forwards import Forwards
from torchdojo.harness.recorder.gradients import Gradients
from torchdojo.harness.recorder.graphs import Graphs
from torchdojo.harness.recorder.log import Log, dtype_name
from torchdojo.harness.recorder.owners import unmade
from torchdojo.harness.recorder.samples import SAMPLES


class Backwards:
    """Replaces `torch.autograd.backward` and `torch.autograd.grad`; `trained` are the models, latest last."""

    def __init__(self, log: Log, forwards: Forwards, graphs: Graphs, gradients: Gradients, by_hand: ByHand) -> None:
        self.trained: list[Any] = []
        #: Told the ids of the forwards that each backward pass reached.
        self.reached: Callable[[list[int]], None] | None = None
        self._log = log
        self._forwards = forwards
        self._bus = forwards.bus
        self._graphs = graphs
        self._gradients = gradients
        self._by_hand = by_hand
        self._inside = False

    def wrap_backward(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The replacement for `torch.autograd.backward`."""

        def backward(
            tensors: Any, grad_tensors: Any = None, retain_graph: Any = None, *args: Any, **kwargs: Any
        ) -> Any:
            if self._inside or self._bus.experimenting or functorch_level() is not None:
                return original(tensors, grad_tensors, retain_graph, *args, **kwargs)
            roots = _tensors(tensors)
            if self._bus.backward_begins and not self._log.light:
                self._bus.root_gradients = grad_tensors
                self._bus.tell(self._bus.backward_begins, roots)
                self._bus.root_gradients = None
            try:
                stale, at = self._begin(roots)
            except Exception as error:
                stale, at = 0, -1
                self._log.failed(error)
            retained = bool(retain_graph or kwargs.get("create_graph") or (args and args[0]))
            failed = True
            try:
                original(tensors, grad_tensors, retain_graph, *args, **kwargs)
                failed = False
            finally:
                self._leave()
                try:
                    self._end(roots, at, stale, failed, retained)
                except Exception as error:
                    self._log.failed(error)

        return backward

    def wrap_grad(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The replacement for `torch.autograd.grad`, which fills no buffer but hands gradients out."""

        def grad(outputs: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
            if self._inside or self._bus.experimenting or functorch_level() is not None:
                return original(outputs, inputs, *args, **kwargs)
            # A generator can be looked at only once.
            inputs = inputs if isinstance(inputs, Tensor) else tuple(inputs)
            roots = _tensors(outputs)
            try:
                at = self._begin_grad(roots)
            except Exception as error:
                at = -1
                self._log.failed(error)
            found: Any = ()
            failed = True
            try:
                found = original(outputs, inputs, *args, **kwargs)
                failed = False
            finally:
                self._leave()
                retained = bool(kwargs.get("retain_graph") or kwargs.get("create_graph"))
                try:
                    self._end_grad(roots, _tensors(inputs), found, at, failed, retained)
                except Exception as error:
                    self._log.failed(error)
            return found

        return grad

    def _begin(self, roots: list[Any]) -> tuple[int, int]:
        self._enter()
        if self._log.light:
            self._graphs.clear()
            return 0, self._log.at()
        # An update by hand is noticed only now, and it used what the last pass left.
        self._by_hand.notice()
        stale = self._gradients.before_backward()
        self._graphs.begin(roots)
        return stale, self._log.at()

    def _begin_grad(self, roots: list[Any]) -> int:
        self._enter()
        self._by_hand.notice()
        self._graphs.begin(roots)
        return self._log.at()

    def _enter(self) -> None:
        self._inside = True
        self._forwards.busy += 1

    def _leave(self) -> None:
        self._inside = False
        self._forwards.busy -= 1

    def _end(self, roots: list[Any], at: int, stale: int, failed: bool, retained: bool) -> None:
        reached, models = self._settle()
        if self._log.light:
            self._note_lightly(roots, at, reached, failed)
            return
        self._train(models)
        if self._bus.backward_ends:
            self._bus.tell(self._bus.backward_ends, roots, reached, failed)
        filled, free = self._gradients.after_backward()
        if not filled and not failed:
            free = self._met(leaves_behind(roots))
            self._gradients.after_backward()
        self._note(roots, at, reached, filled or len(free), stale, failed, retained)
        if free:
            self._by_hand.watch(gradients_of(free), at)

    def _end_grad(self, roots: list[Any], inputs: list[Any], found: Any, at: int, failed: bool, retained: bool) -> None:
        reached, models = self._settle()
        sought = self._are_sought(inputs, reached, models)
        pairs = [
            (parameter, gradient)
            for parameter, gradient in zip(inputs, found, strict=False)
            if isinstance(gradient, Tensor) and is_leaf_of(parameter)
            if self._is_known(parameter) or (sought and not requires_grad_of(gradient))
        ]
        if pairs:
            self._train(models)
            self._by_hand.replaced([parameter for parameter, _ in pairs])
            self._gradients.own(parameter for parameter, _ in pairs)
            self._note(roots, at, reached, len(pairs), 0, failed, retained)
            self._by_hand.watch([(p, g) for p, g in pairs if not self._gradients.buffer(p).stepped], at)
        elif not failed:
            self._log.add("gradient", at, forwards=reached)

    def _settle(self) -> tuple[list[int], list[Any]]:
        reached, models = self._graphs.end()
        if self.reached is not None:
            self.reached(reached)
        return reached, models

    def _train(self, models: list[Any]) -> None:
        for model in models:
            if not self.trained or self.trained[-1] is not model:
                if all(model is not known for known in self.trained):
                    self._gradients.own(p for p in Module.parameters(model) if requires_grad_of(p))
                self.trained = [known for known in self.trained if known is not model] + [model]

    def _met(self, leaves: list[Any]) -> list[Any]:
        """Follow leaf tensors that no model and no optimizer has shown yet."""
        self._by_hand.replaced(leaves)
        self._gradients.own(leaves)
        return leaves

    def _is_known(self, leaf: Any) -> bool:
        return isinstance(leaf, Parameter) or self._gradients.knows(leaf)

    def _are_sought(self, leaves: list[Any], reached: list[int], models: list[Any]) -> bool:
        """Whether leaves that nobody knows are parameters: inputs of models have gradients taken as well.

        A formula has no others; a model may be called with the tensors of a dict in place of its own.
        """
        if not reached or all(self._is_known(leaf) for leaf in leaves):
            return True
        return any(_fits(leaves, model) for model in models)

    def _note_lightly(self, roots: list[Any], at: int, reached: list[int], failed: bool) -> None:
        key = ("backward", at, failed)
        template = self._log.known(key)
        if template is None:
            template = self._log.template(key, {"at": at, "failed": failed})
        value = float(item(detach(roots[0]))) if roots and numel(roots[0]) == 1 else math.nan
        self._log.put((template, {"forwards": reached, "value": value if math.isfinite(value) else None}))

    def _note(
        self, roots: list[Any], at: int, reached: list[int], graded: int, stale: int, failed: bool, retained: bool
    ) -> None:
        value = dtype = None
        if roots and numel(roots[0]) == 1:
            value = float(item(detach(roots[0])))
            dtype = dtype_of(roots[0])
        key = ("backward", at, dtype, graded, stale, retained, failed)
        template = self._log.known(key)
        if template is None:
            said = {"at": at, "graded": graded, "stale": stale, "retained": retained, "failed": failed}
            template = self._log.template(key, {**said, "dtype": None if dtype is None else dtype_name(dtype)})
        finite = value is not None and math.isfinite(value)
        self._log.put((template, {"forwards": reached, "value": value if finite else None}))
        sample, self._forwards.pending = self._forwards.pending, None
        if sample is not None and not failed and (samples := sample.samples()):
            self._log.put({"t": "logits", "at": -1, "forward": sample.forward, SAMPLES: samples})


def _fits(leaves: list[Any], model: Any) -> bool:
    """Whether these tensors have the shapes of all the parameters of a model, or of all that train."""
    parameters = [p for p in Module.parameters(model) if not isinstance(p, unmade)]
    trained = [p for p in parameters if requires_grad_of(p)]
    return any(
        len(some) == len(leaves) and sorted(map(shape_of, some)) == sorted(map(shape_of, leaves))
        for some in (parameters, trained)
    )


def _tensors(value: Any) -> list[Any]:
    if isinstance(value, Tensor):
        return [value]
    return [tensor for tensor in value if isinstance(tensor, Tensor)] if isinstance(value, Sequence) else []
