"""Root forwards: outermost calls of modules with parameters, with the modes in which their layers ran."""

from __future__ import annotations

from collections.abc import Callable
from threading import get_ident
from typing import Any

from torchdojo.harness.originals import (
    Tensor,
    detach,
    functorch_level,
    grad_fn_of,
    is_grad_enabled,
    is_inference_mode_enabled,
    requires_grad_of,
    shape_of,
)
from torchdojo.harness.recorder.graphs import Graphs
from torchdojo.harness.recorder.log import Log, dtype_name
from torchdojo.harness.recorder.models import Model, Models
from torchdojo.harness.recorder.numbers import array
from torchdojo.harness.recorder.tensors import first_tensor, tensors_in

#: Rows of a sampled batch whose scores and gradients are kept, and the widest row.
_SAMPLED_ROWS = 64
_SAMPLED_WIDTH = 1024

#: After every fourth of a sample that is spent, sampling becomes half as frequent.
_FIRST_STRIDE = 6

Before = Callable[[Any, Any], None]
After = Callable[[dict[str, Any], Any, Any, Any], None]


class Sample:
    """Scores and their gradient at the last affine layer of one training forward."""

    def __init__(self, forward: int, scores: Any) -> None:
        self.forward = forward
        self.scores = _rows(scores)
        self.gradient: Any = None

    def rows(self) -> dict[str, Any] | None:
        """The event's lists of rows (class dimension last); None when no gradient came."""
        if self.gradient is None:
            return None
        return {"values": self.scores, "grads": _rows(self.gradient)}


def _rows(tensor: Any) -> list[list[float]]:
    values = array(tensor)
    if values.ndim > 2:
        values = values.reshape(values.shape[0], values.shape[1], -1)[:, :, 0]
    found: list[list[float]] = values[:_SAMPLED_ROWS].reshape(min(len(values), _SAMPLED_ROWS), -1).tolist()
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
        #: Called before each root forward.
        self.notice: Callable[[], None] | None = None
        #: Inside a loss function or a backward pass nothing is a root forward.
        self.muted = 0
        self._log = log
        self._graphs = graphs
        self._models = Models(log)
        self._thread = get_ident()
        self._depth = 0
        self._event: dict[str, Any] | None = None
        self._affine: Any = None
        self._allowed = sample
        self._taken = 0
        self._seen = 0
        self._stride = _FIRST_STRIDE

    def wrap_call(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The replacement for `nn.Module.__call__`."""

        def call(module: Any, *args: Any, **kwargs: Any) -> Any:
            if self._depth or self.muted or (model := self._root(module)) is None:
                return original(module, *args, **kwargs)
            if self.before is not None:
                self.before(module, args)
            try:
                self._begin(model, args, kwargs)
            except Exception as error:
                self._log.failed(error)
            self._depth = 1
            try:
                output = original(module, *args, **kwargs)
            except BaseException:
                self._depth = 0
                self._fail()
                raise
            self._depth = 0
            try:
                self._end(model, args, kwargs, output)
            except Exception as error:
                self._log.failed(error)
            return output

        return call

    def wrap_affine(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The replacement for `F.linear` and its kin."""

        def affine(*args: Any, **kwargs: Any) -> Any:
            event = self._event
            if event is None:
                return original(*args, **kwargs)
            if "entry" not in event and args and isinstance(args[0], Tensor):
                event["entry"] = list(shape_of(args[0]))
            self._affine = output = original(*args, **kwargs)
            return output

        return affine

    def wrap_dropout(self, original: Callable[..., Any], *, training: bool) -> Callable[..., Any]:
        """The replacement for `F.dropout` and its kin; `training` is what they take when nothing is said."""
        usual = training

        def dropout(input: Any, p: float = 0.5, training: bool = usual, inplace: bool = False) -> Any:
            event = self._event
            if event is not None and p > 0:
                event["train_leaves" if training else "eval_leaves"] += 1
            return original(input, p, training, inplace)

        return dropout

    def wrap_mode(self, original: Callable[..., Any], position: int, name: str, when: str = "") -> Callable[..., Any]:
        """The replacement for a function whose mode is its argument `name`, at `position`.

        With `when`, the name of an argument at position 1, only calls in which it is given count.
        """

        def layer(*args: Any, **kwargs: Any) -> Any:
            event = self._event
            if event is not None:
                mode = args[position] if len(args) > position else kwargs.get(name, False)
                if not when or (args[1] if len(args) > 1 else kwargs.get(when)) is not None:
                    event["train_leaves" if mode else "eval_leaves"] += 1
            return original(*args, **kwargs)

        return layer

    def wrap_recurrent(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The replacement for the forward of a recurrent layer, whose dropout is inside."""

        def forward(module: Any, *args: Any, **kwargs: Any) -> Any:
            event = self._event
            if event is not None and getattr(module, "dropout", 0.0) > 0:
                event["train_leaves" if module.training else "eval_leaves"] += 1
            return original(module, *args, **kwargs)

        return forward

    def _root(self, module: Any) -> Model | None:
        model = self._models.of(module)
        if model is None or get_ident() != self._thread or functorch_level() is not None:
            return None
        return model

    def _begin(self, model: Model, args: Any, kwargs: Any) -> None:
        if self.notice is not None:
            self.notice()
        log = self._log
        model.refresh()
        event: dict[str, Any] = {
            "t": "forward",
            "at": log.at(),
            "id": log.number(),
            "model": model.id,
            "cls": model.cls,
            "params": model.trainable,
            "train_leaves": 0,
            "eval_leaves": 0,
            "grad": is_grad_enabled(),
            "inference": is_inference_mode_enabled(),
        }
        # From here on the event is there, whatever the arguments are.
        self._affine, self._event = None, event
        if model.parameters:
            event["pdevice"] = log.device(model.parameters[0])
            event["pdtype"] = dtype_name(model.parameters[0])
        given = first_tensor(args, kwargs)
        if given is not None:
            event["shape"] = list(shape_of(given))
            event["dtype"] = dtype_name(given)
            event["device"] = log.device(given)
            log.deferred.rows(event, "rows", given)

    def _fail(self) -> None:
        event, self._event, self._affine = self._event, None, None
        if event is not None:
            event["failed"] = True
            self._log.put(event)

    def _end(self, model: Model, args: Any, kwargs: Any, output: Any) -> None:
        event, self._event = self._event, None
        affine, self._affine = self._affine, None
        if event is None:
            return
        made = tensors_in(output)
        trained = [tensor for tensor in made if requires_grad_of(tensor)]
        if made:
            event["out_grad"] = bool(trained)
        if isinstance(affine, Tensor):
            event["inner_grad"] = requires_grad_of(affine)
        self._log.put(event)
        self.latest = event["id"]
        module = model.module()
        if trained:
            self._graphs.follow(event["id"], trained, module)
            self._maybe_sample(event["id"], affine)
        if self.after is not None and made:
            self.after(event, module, first_tensor(args, kwargs), trained[0] if trained else made[0])

    def _maybe_sample(self, forward: int, scores: Any) -> None:
        self._seen += 1
        if not self._allowed or self._seen % self._stride or not isinstance(scores, Tensor):
            return
        shape = shape_of(scores)
        if grad_fn_of(scores) is None or len(shape) < 2 or shape[1] > _SAMPLED_WIDTH:
            return
        sample = Sample(forward, scores)

        def keep(gradient: Any) -> None:
            sample.gradient = detach(gradient)

        scores.register_hook(keep)  # type: ignore[no-untyped-call]
        self.pending = sample
        self._taken += 1
        if self._taken % max(1, self._allowed // 4) == 0:
            self._stride *= 2
