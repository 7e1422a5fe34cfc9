"""Root forwards: outermost calls of modules with parameters, with the modes in which their layers ran."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from torchdojo.harness.originals import (
    Module,
    Tensor,
    detach,
    dtype_of,
    grad_fn_of,
    is_grad_enabled,
    is_inference_mode_enabled,
    requires_grad_of,
    shape_of,
)
from torchdojo.harness.recorder.graphs import Graphs
from torchdojo.harness.recorder.log import Log, first_tensor
from torchdojo.harness.recorder.numbers import array, fingerprints

_NO_PARAMETERS = -1

#: Rows of a sampled batch whose scores and gradients are kept.
_SAMPLED_ROWS = 64

#: After every fourth of a sample that is spent, sampling becomes half as frequent.
_FIRST_STRIDE = 6

Before = Callable[[Any, Any], None]
After = Callable[[dict[str, Any], Any, Any, Any], None]


class Sample:
    """Scores and their gradient at the last affine layer of one training forward."""

    def __init__(self, forward: int, scores: Any) -> None:
        self.forward = forward
        self.scores = detach(scores)
        self.gradient: Any = None

    def rows(self) -> dict[str, Any] | None:
        """The event's lists of rows (class dimension last); None when no gradient came."""
        if self.gradient is None:
            return None
        return {"values": _rows(self.scores), "grads": _rows(self.gradient)}


def _rows(tensor: Any) -> list[list[float]]:
    values = array(tensor)
    if values.ndim > 2:
        values = values.reshape(values.shape[0], values.shape[1], -1)[:, :, 0]
    found: list[list[float]] = values.reshape(len(values), -1)[:_SAMPLED_ROWS].tolist()
    return found


class Forwards:
    """Replaces `nn.Module.__call__`; everything else it is told by the layers' functions."""

    def __init__(self, log: Log, graphs: Graphs, sample: int) -> None:
        #: The id of the latest finished root forward.
        self.latest: int | None = None
        #: The sampled forward whose backward has not run yet.
        self.pending: Sample | None = None
        self.before: Before | None = None
        self.after: After | None = None
        #: Inside a loss function nothing is a root forward.
        self.muted = 0
        self._log = log
        self._graphs = graphs
        self._depth = 0
        self._event: dict[str, Any] | None = None
        self._affine: Any = None
        self._sizes: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._allowed = sample
        self._taken = 0
        self._seen = 0
        self._stride = _FIRST_STRIDE

    def wrap_call(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The replacement for `nn.Module.__call__`."""

        def call(module: Any, *args: Any, **kwargs: Any) -> Any:
            if self._depth or self.muted or self._size(module) == _NO_PARAMETERS:
                return original(module, *args, **kwargs)
            self._begin(module, args, kwargs)
            self._depth = 1
            try:
                output = original(module, *args, **kwargs)
            except BaseException:
                self._depth = 0
                self._fail()
                raise
            self._depth = 0
            self._end(module, args, output)
            return output

        return call

    def wrap_affine(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The replacement for `F.linear` and its kin."""

        def affine(*args: Any, **kwargs: Any) -> Any:
            event = self._event
            if event is not None and "entry" not in event and args:
                event["entry"] = list(shape_of(args[0]))
            output = original(*args, **kwargs)
            if event is not None:
                self._affine = output
            return output

        return affine

    def wrap_mode(self, original: Callable[..., Any], position: int, *, drops: bool) -> Callable[..., Any]:
        """The replacement for a function that takes `training` at `position`; `drops`: and p just before it."""

        def layer(*args: Any, **kwargs: Any) -> Any:
            event = self._event
            if event is not None:
                training = kwargs.get("training", args[position] if len(args) > position else drops)
                share = kwargs.get("p", args[1] if len(args) > 1 else 0.5) if drops else 1.0
                if share > 0:
                    event["train_leaves" if training else "eval_leaves"] += 1
            return original(*args, **kwargs)

        return layer

    def _size(self, module: Any) -> int:
        size = self._sizes.get(module)
        if size is None:
            parameters = list(Module.parameters(module))
            size = sum(p.numel() for p in parameters if requires_grad_of(p)) if parameters else _NO_PARAMETERS
            self._sizes[module] = size
        return size

    def _begin(self, module: Any, args: Any, kwargs: Any) -> None:
        if self.before is not None:
            self.before(module, args)
        log = self._log
        given = first_tensor(args)
        given = first_tensor(kwargs) if given is None else given
        parameter = next(Module.parameters(module), None)
        event: dict[str, Any] = {
            "t": "forward",
            "at": log.at(),
            "id": log.number(),
            "model": log.ident(module),
            "cls": type(module).__name__,
            "params": self._sizes[module],
            "train_leaves": 0,
            "eval_leaves": 0,
            "grad": is_grad_enabled(),
            "inference": is_inference_mode_enabled(),
        }
        if parameter is not None:
            event["pdevice"] = log.device(parameter)
            event["pdtype"] = str(dtype_of(parameter))[6:]
        if given is not None:
            event["shape"] = list(shape_of(given))
            event["dtype"] = str(dtype_of(given))[6:]
            event["device"] = log.device(given)
            event["rows"] = fingerprints(given)
        self._affine = None
        self._event = event

    def _fail(self) -> None:
        event, self._event, self._affine = self._event, None, None
        if event is not None:
            event["failed"] = True
            self._log.events.append(event)

    def _end(self, module: Any, args: Any, output: Any) -> None:
        event, self._event = self._event, None
        assert event is not None
        affine, self._affine = self._affine, None
        made = _trained_output(output)
        self._log.events.append(event)
        if made is None:
            return
        event["out_grad"] = requires_grad_of(made)
        if isinstance(affine, Tensor):
            event["inner_grad"] = requires_grad_of(affine)
        self.latest = event["id"]
        node = grad_fn_of(made)
        if node is not None:
            self._graphs.follow(event["id"], node, module)
            self._maybe_sample(event["id"], affine)
        if self.after is not None:
            self.after(event, module, first_tensor(args), made)

    def _maybe_sample(self, forward: int, scores: Any) -> None:
        self._seen += 1
        if not self._allowed or self._seen % self._stride or not isinstance(scores, Tensor):
            return
        if not requires_grad_of(scores) or grad_fn_of(scores) is None:
            return
        sample = Sample(forward, scores)

        def keep(gradient: Any) -> None:
            sample.gradient = detach(gradient)

        scores.register_hook(keep)  # type: ignore[no-untyped-call]
        self.pending = sample
        self._taken += 1
        if self._taken % max(1, self._allowed // 4) == 0:
            self._stride *= 2


def _trained_output(output: Any) -> Any:
    """The output that a loss would use: the first that requires grad, else the first tensor."""
    if isinstance(output, Tensor):
        return output
    values = tuple(output.values()) if isinstance(output, dict) else output
    if isinstance(values, (tuple, list)):
        tensors = [value for value in values if isinstance(value, Tensor)]
        return next((t for t in tensors if requires_grad_of(t)), tensors[0] if tensors else None)
    return None
