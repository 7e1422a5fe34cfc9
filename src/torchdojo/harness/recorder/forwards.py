"""Root forwards: outermost calls of modules with parameters, with the modes in which their layers ran."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import get_ident
from typing import Any

import torch

from torchdojo.figures import Sample
from torchdojo.harness.originals import (
    Module,
    Tensor,
    detach,
    dtype_of,
    functorch_level,
    grad_fn_of,
    is_grad_enabled,
    is_inference_mode_enabled,
    requires_grad_of,
    shape_of,
)
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.graphs import Graphs
from torchdojo.harness.recorder.log import Log, dtype_name
from torchdojo.harness.recorder.models import Model, Models
from torchdojo.harness.recorder.numbers import MAX_ROWS, array
from torchdojo.harness.recorder.samples import SAMPLES, rows_of, rows_of_ids
from torchdojo.harness.recorder.tensors import first_tensor, tensors_in

#: Rows of a sampled batch whose scores and gradients are kept, and the widest row.
_SAMPLED_ROWS = 64
#: Rows of evaluation that are noted where training is not looked at closely.
_FEW_ROWS = 8
_SAMPLED_WIDTH = 1024

_IDS = (torch.int64, torch.int32)

#: After every fourth of a sample that is spent, sampling becomes half as frequent.
_FIRST_STRIDE = 6

Before = Callable[[Any, Any], None]
#: Told the number of the forward, the module, its first tensor and its output.
After = Callable[[int, Any, Any, Any], None]


_call_of_torch = vars(Module)["__call__"]


class OutputSample:
    """Scores and their gradient at the last affine layer of one training forward."""

    def __init__(self, forward: int, scores: Any) -> None:
        self.forward = forward
        self.scores = _rows(scores)
        self.gradient: Any = None

    def samples(self) -> list[Sample]:
        """Scores and gradients (class dimension last); none when no gradient came."""
        if self.gradient is None:
            return []
        return [Sample("values", self.scores), Sample("grads", _rows(self.gradient))]


def _has_company(given: Any, args: Any, kwargs: Any) -> bool:
    """Whether another tensor has as many rows as the first one."""
    rows = shape_of(given)[:1]
    others = tensors_in([*args, *kwargs.values()])
    return bool(rows) and any(other is not given and shape_of(other)[:1] == rows for other in others)


def _ids_together(given: Any, args: Any, kwargs: Any) -> list[Any]:
    """The tensors of ids (N,), when the first one is such: by itself it does not tell one sample from another."""
    if len(shape_of(given)) != 1 or dtype_of(given) not in _IDS:
        return []
    return [t for t in tensors_in([*args, *kwargs.values()]) if shape_of(t) == shape_of(given) and dtype_of(t) in _IDS]


def _rows(tensor: Any) -> Any:
    values = array(tensor)
    if values.ndim > 2:
        values = values.reshape(values.shape[0], values.shape[1], -1)[:, :, 0]
    return values[:_SAMPLED_ROWS].reshape(min(len(values), _SAMPLED_ROWS), -1).copy()


class Forwards:
    """Replaces `nn.Module.__call__`; everything else it is told by the layers' functions."""

    def __init__(self, log: Log, graphs: Graphs, sample: int) -> None:
        #: The id of the latest finished root forward.
        self.latest: int | None = None
        #: The sampled forward whose backward has not run yet.
        self.pending: OutputSample | None = None
        self.before: Before | None = None
        self.after: After | None = None
        #: The latest root forward was one of training that is not looked at closely.
        self.skipped = False
        #: Called before each root forward.
        self.notice: Callable[[], None] | None = None
        #: Above 0 inside a root forward, a loss function or a backward pass, where nothing is a root forward.
        self.busy = 0
        self.bus = Bus(log, self)
        self._log = log
        self._graphs = graphs
        self._models = Models(log)
        self._thread = get_ident()
        # The root forward that is running.
        self._running = False
        self._called: Model | None = None
        self._number = self._at = -1
        self._modes = (True, False)
        self._seen_at_entry: tuple[Any, ...] = ()
        self._sample: Sample | None = None
        self._train_leaves = self._eval_leaves = 0
        self._entry: Any = None
        self._beside = False
        self._affine: Any = None
        self._allowed = sample
        self._taken = 0
        self._seen = 0
        self._stride = _FIRST_STRIDE

    def wrap_call(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The replacement for `nn.Module.__call__`."""

        # torch's own does nothing but choose between the next two; most calls are of inner modules.
        direct = original is _call_of_torch

        def call(module: Any, *args: Any, **kwargs: Any) -> Any:
            if self.busy:
                if (inside := self.bus.call_inside) is not None:
                    return inside(original, module, args, kwargs)
                if direct and module._compiled_call_impl is None:
                    return module._call_impl(*args, **kwargs)
                return original(module, *args, **kwargs)
            if (model := self._root(module)) is None:
                return original(module, *args, **kwargs)
            self.skipped = self._log.light and module.training and is_grad_enabled()
            if self.skipped:
                self.busy += 1
                try:
                    return original(module, *args, **kwargs)
                finally:
                    self.busy -= 1
            if self.before is not None:
                self.before(module, args)
            if self.bus.forward_begins:
                self.bus.tell(self.bus.forward_begins, module, args, kwargs)
            try:
                self._begin(model, args, kwargs)
            except Exception as error:
                self._log.failed(error)
            self.busy += 1
            self._called = model
            try:
                inside = self.bus.call_inside
                if inside is None:
                    output = original(module, *args, **kwargs)
                else:
                    output = inside(original, module, args, kwargs)
            except BaseException:
                self.busy -= 1
                self._fail()
                raise
            self.busy -= 1
            try:
                self._end(model, args, kwargs, output)
            except Exception as error:
                self._log.failed(error)
            if self.bus.forward_ends and self.latest is not None:
                self.bus.tell(self.bus.forward_ends, self.latest, module, args, kwargs, output)
            return output

        return call

    def wrap_linear(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The replacement for `F.linear`, which is called most: the same as `wrap_affine`, only faster."""

        def linear(input: Any, weight: Any, bias: Any = None) -> Any:
            if not self._running:
                return original(input, weight, bias)
            if self._entry is None and isinstance(input, Tensor):
                self._entry = shape_of(input)
            self._affine = output = original(input, weight, bias)
            return output

        return linear

    def wrap_affine(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The replacement for `F.linear` and its kin."""

        def affine(*args: Any, **kwargs: Any) -> Any:
            if not self._running:
                return original(*args, **kwargs)
            if self._entry is None and args and isinstance(args[0], Tensor):
                self._entry = shape_of(args[0])
            self._affine = output = original(*args, **kwargs)
            return output

        return affine

    def wrap_dropout(self, original: Callable[..., Any], *, training: bool) -> Callable[..., Any]:
        """The replacement for `F.dropout` and its kin; `training` is what they take when nothing is said."""
        usual = training

        def dropout(input: Any, p: float = 0.5, training: bool = usual, inplace: bool = False) -> Any:
            if self._running and p > 0:
                if training:
                    self._train_leaves += 1
                else:
                    self._eval_leaves += 1
            return original(input, p, training, inplace)

        return dropout

    def wrap_mode(self, original: Callable[..., Any], position: int, name: str, when: str = "") -> Callable[..., Any]:
        """The replacement for a function whose mode is its argument `name`, at `position`.

        With `when`, the name of an argument at position 1, only calls in which it is given count.
        """

        def layer(*args: Any, **kwargs: Any) -> Any:
            if self._running:
                mode = args[position] if len(args) > position else kwargs.get(name, False)
                if not when or (args[1] if len(args) > 1 else kwargs.get(when)) is not None:
                    self._count(mode)
            return original(*args, **kwargs)

        return layer

    def wrap_recurrent(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The replacement for the forward of a recurrent layer, whose dropout is inside."""

        def forward(module: Any, *args: Any, **kwargs: Any) -> Any:
            if self._running and getattr(module, "dropout", 0.0) > 0:
                self._count(module.training)
            return original(module, *args, **kwargs)

        return forward

    def _root(self, module: Any) -> Model | None:
        model = self._models.of(module)
        if model is None or get_ident() != self._thread or functorch_level() is not None:
            return None
        return model

    def _count(self, training: Any) -> None:
        if training:
            self._train_leaves += 1
        else:
            self._eval_leaves += 1

    def _begin(self, model: Model, args: Any, kwargs: Any) -> None:
        if self.notice is not None:
            self.notice()
        log = self._log
        model.refresh()
        self._at = log.at()
        self._number = log.number()
        self._modes = is_grad_enabled(), is_inference_mode_enabled()
        self._seen_at_entry = ()
        self._sample = self._entry = self._affine = None
        self._beside = False
        self._train_leaves = self._eval_leaves = 0
        # From here on there will be an event, whatever the arguments are.
        self._running = True
        given = first_tensor(args, kwargs)
        parameter = model.parameters[0] if model.parameters else None
        self._seen_at_entry = (
            model.trainable,
            None if parameter is None else (log.device(parameter), dtype_of(parameter)),
            None if given is None else (shape_of(given), dtype_of(given), log.device(given)),
        )
        self._beside = (len(args) > 1 or bool(kwargs)) and given is not None and _has_company(given, args, kwargs)
        # Of evaluation some rows are noted always: which of it is repeated is not seen otherwise.
        if given is not None and not (log.light and self._modes[0]):
            most = _FEW_ROWS if log.light else MAX_ROWS
            ids = _ids_together(given, args, kwargs) if self._beside else []
            self._sample = rows_of_ids(ids, most) if len(ids) > 1 else rows_of(given, most=most)

    def _fail(self) -> None:
        if self._running:
            self._running = False
            self._affine = None
            model = self._called
            if model is not None:
                samples = {} if self._sample is None else {SAMPLES: (self._sample,)}
                self._log.put({**self._described(model), "id": self._number, **samples, "failed": True})

    def _end(self, model: Model, args: Any, kwargs: Any, output: Any) -> None:
        if not self._running:
            return
        self._running = False
        affine, self._affine = self._affine, None
        if isinstance(output, Tensor):
            made: Sequence[Any] = (output,)
            trained: Sequence[Any] = made if requires_grad_of(output) else ()
        else:
            made = tensors_in(output)
            trained = [tensor for tensor in made if requires_grad_of(tensor)]
        inner = requires_grad_of(affine) if isinstance(affine, Tensor) else None
        log, number = self._log, self._number
        key = (
            "forward",
            self._at,
            model.id,
            self._modes,
            self._seen_at_entry,
            self._train_leaves,
            self._eval_leaves,
            self._entry,
            self._beside,
            bool(trained) if made else None,
            inner,
        )
        template = log.known(key)
        if template is None:
            fields = self._described(model)
            if made:
                fields["out_grad"] = bool(trained)
            if inner is not None:
                fields["inner_grad"] = inner
            template = log.template(key, fields)
        said: dict[str, Any] = {"id": number}
        if self._sample is not None:
            said[SAMPLES] = (self._sample,)
            self._sample = None
        log.put((template, said))
        self.latest = number
        if trained:
            self._graphs.follow(number, trained, model.module)
            self._maybe_sample(number, affine)
        if self.after is not None and made:
            self.after(number, model.module(), first_tensor(args, kwargs), trained[0] if trained else made[0])

    def behind(self, tensor: Any) -> int | None:
        """The root forward that this tensor comes from, as far as its graph tells; else the latest one."""
        made = self._graphs.maker(tensor)
        return self.latest if made is None else made

    def _described(self, model: Model) -> dict[str, Any]:
        """What is said of the forward that is running, but for its number and its outputs."""
        fields: dict[str, Any] = {
            "t": "forward",
            "at": self._at,
            "model": model.id,
            "cls": model.cls,
            "params": model.trainable,
            "train_leaves": self._train_leaves,
            "eval_leaves": self._eval_leaves,
            "grad": self._modes[0],
            "inference": self._modes[1],
        }
        _, parameter, given = self._seen_at_entry or (0, None, None)
        if parameter is not None:
            fields["pdevice"], fields["pdtype"] = parameter[0], dtype_name(parameter[1])
        if given is not None:
            fields["shape"], fields["dtype"], fields["device"] = list(given[0]), dtype_name(given[1]), given[2]
            fields["rows"] = []
        if self._entry is not None:
            fields["entry"] = list(self._entry)
        if self._beside:
            fields["beside"] = True
        return fields

    def _maybe_sample(self, forward: int, scores: Any) -> None:
        self._seen += 1
        if not self._allowed or self._seen % self._stride or not isinstance(scores, Tensor):
            return
        shape = shape_of(scores)
        if grad_fn_of(scores) is None or len(shape) < 2 or shape[1] > _SAMPLED_WIDTH:
            return
        sample = OutputSample(forward, scores)

        def keep(gradient: Any) -> None:
            sample.gradient = detach(gradient)

        scores.register_hook(keep)  # type: ignore[no-untyped-call]
        self.pending = sample
        self._taken += 1
        if self._taken % max(1, self._allowed // 4) == 0:
            self._stride *= 2
