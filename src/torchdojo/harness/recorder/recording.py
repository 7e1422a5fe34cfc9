"""Puts the recorder's parts together and into torch, and takes them out again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import torch
from torch.nn import functional
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from torch.utils.data import dataloader

from torchdojo.harness.originals import Loader, Module, Optimizer, Tensor, detach, dtype_of, item, numel, shape_of
from torchdojo.harness.recorder.forwards import Forwards, Sample
from torchdojo.harness.recorder.gradients import Gradients
from torchdojo.harness.recorder.graphs import Graphs
from torchdojo.harness.recorder.log import Log
from torchdojo.harness.recorder.losses import FUNCTIONS, Losses
from torchdojo.harness.recorder.numbers import finite
from torchdojo.harness.recorder.updates import Updates

_AFFINE = ("linear", "conv1d", "conv2d", "conv3d", "bilinear")
#: Functions with a `training` argument: its position, and whether they take the share p to drop before it.
_MODES = {
    "dropout": (2, True),
    "dropout1d": (2, True),
    "dropout2d": (2, True),
    "dropout3d": (2, True),
    "alpha_dropout": (2, True),
    "feature_alpha_dropout": (2, True),
    "batch_norm": (5, False),
}

#: Batches of one iteration whose shapes are noted.
_BATCHES_NOTED = 2

#: What quietens an accelerator's bookkeeping while the recorder computes.
Quiet = Callable[[], AbstractContextManager[Any]]


class Recorder:
    """Records from `install` to `uninstall`. `trained` are the models that backward passes reached, latest last."""

    def __init__(
        self,
        filename: str,
        *,
        sample: int = 24,
        device: Callable[[Any], str] | None = None,
        quiet: Quiet | None = None,
    ) -> None:
        self.log = Log(filename, device)
        self.graphs = Graphs()
        self.gradients = Gradients()
        self.forwards = Forwards(self.log, self.graphs, sample)
        self.losses = Losses(self.log, self.forwards)
        self.updates = Updates(self.log, self.gradients, self.graphs)
        self.trained: list[Any] = []
        #: Told the ids of the forwards that each backward pass reached.
        self.reached: Callable[[list[int]], None] | None = None
        self._quiet = quiet or nullcontext
        self._hushed = quiet is not None
        self._in_backward = False
        self._switching = False
        self._patches: list[tuple[Any, str, Any, Any]] = []
        self._hooks: list[Any] = []

    def install(self) -> None:
        """Begin recording: replace what has to be replaced in torch."""
        self._replace(Module, "__call__", self.forwards.wrap_call)
        for name in _AFFINE:
            self._replace(functional, name, self.forwards.wrap_affine)
        for name, (position, drops) in _MODES.items():
            self._replace(functional, name, partial(self.forwards.wrap_mode, position=position, drops=drops))
        for name in FUNCTIONS:
            self._replace(functional, name, partial(self.losses.wrap, name))
        self._replace(torch.autograd, "backward", self._wrap_backward)
        self._replace(torch.autograd, "grad", self._wrap_gradient)
        self._replace(Optimizer, "__init__", self.updates.wrap_construction)
        self._replace(Optimizer, "zero_grad", lambda f: self._wrap_clearing(f, "opt"))
        self._replace(Module, "zero_grad", lambda f: self._wrap_clearing(f, "model"))
        self._replace(Module, "train", self._wrap_mode_switch)
        self._replace(Loader, "__iter__", self._wrap_iteration)
        self._replace(dataloader._BaseDataLoaderIter, "__next__", self._wrap_batch)
        self._replace(torch.optim.lr_scheduler.LRScheduler, "step", self._wrap_schedule)
        self._hooks = [
            register_optimizer_step_pre_hook(self._hush(self.updates.before_step)),
            register_optimizer_step_post_hook(self._hush(self.updates.after_step)),
        ]
        if self._hushed:
            for owner, name in (
                (self.forwards, "_begin"),
                (self.forwards, "_end"),
                (self.losses, "_note"),
                (self, "_before_backward"),
                (self, "_after_backward"),
            ):
                setattr(owner, name, self._hush(getattr(owner, name)))

    def uninstall(self) -> None:
        """Put torch back as it was."""
        for hook in self._hooks:
            hook.remove()
        while self._patches:
            owner, name, original, _ = self._patches.pop()
            setattr(owner, name, original)

    def replaced(self) -> list[str]:
        """What of the recorder's replacements in torch the script has replaced in turn."""
        return [
            f"{getattr(owner, '__name__', owner)}.{name}"
            for owner, name, _, ours in self._patches
            if getattr(owner, name, None) is not ours
        ]

    def _hush(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def hushed(*args: Any, **kwargs: Any) -> Any:
            with self._quiet():
                return method(*args, **kwargs)

        return hushed

    def _replace(self, owner: Any, name: str, wrap: Callable[[Any], Any]) -> None:
        original = getattr(owner, name)
        ours = wrap(original)
        for attribute in ("__name__", "__qualname__", "__doc__", "__module__"):
            if hasattr(original, attribute):
                setattr(ours, attribute, getattr(original, attribute))
        setattr(owner, name, ours)
        self._patches.append((owner, name, original, ours))

    # -- backward passes

    def _wrap_backward(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def backward(tensors: Any, *args: Any, **kwargs: Any) -> Any:
            if self._in_backward:
                return original(tensors, *args, **kwargs)
            at = self.log.at()
            stale = self._before_backward()
            self._in_backward, failed = True, True
            try:
                original(tensors, *args, **kwargs)
                failed = False
            finally:
                self._in_backward = False
                self._after_backward(tensors, at, stale, failed, bool(kwargs.get("retain_graph")))

        return backward

    def _wrap_gradient(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def grad(*args: Any, **kwargs: Any) -> Any:
            if self._in_backward:
                return original(*args, **kwargs)
            at = self.log.at()
            self.graphs.begin()
            result = original(*args, **kwargs)
            self.log.add("gradient", at, forwards=self.graphs.visited())
            return result

        return grad

    def _before_backward(self) -> int:
        # An update by hand is noticed only now, and it used what the last pass left.
        self.updates.before_backward()
        stale = self.gradients.before_backward()
        self.graphs.begin()
        return stale

    def _after_backward(self, tensors: Any, at: int, stale: int, failed: bool, retained: bool) -> None:
        reached, models = self.graphs.end()
        if self.reached is not None:
            self.reached(reached)
        for model in models:
            if not self.trained or self.trained[-1] is not model:
                if all(model is not known for known in self.trained):
                    self.gradients.own(p for p in model.parameters() if p.requires_grad)
                self.trained = [known for known in self.trained if known is not model] + [model]
        root = tensors if isinstance(tensors, Tensor) else next(iter(tensors), None)
        scalar = isinstance(root, Tensor) and numel(root) == 1
        self.log.add(
            "backward",
            at,
            forwards=reached,
            value=finite(item(detach(root))) if scalar else None,
            dtype=str(dtype_of(root))[6:] if scalar else None,
            graded=self.gradients.after_backward(),
            retained=retained,
            stale=stale,
            failed=failed,
        )
        sample, self.forwards.pending = self.forwards.pending, None
        if sample is not None and not failed:
            self._note_sample(sample)
        self.updates.after_backward(self.trained)

    def _note_sample(self, sample: Sample) -> None:
        rows = sample.rows()
        if rows is not None:
            self.log.add("logits", -1, forward=sample.forward, **rows)

    # -- smaller calls

    def _wrap_clearing(self, original: Callable[..., Any], key: str) -> Callable[..., Any]:
        def zero_grad(thing: Any, *args: Any, **kwargs: Any) -> Any:
            self.log.add("zero", self.log.at(), **{key: self.log.ident(thing)})
            return original(thing, *args, **kwargs)

        return zero_grad

    def _wrap_mode_switch(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def train(module: Any, mode: bool = True) -> Any:
            if self._switching:
                return original(module, mode)
            self.log.add("eval_mode", self.log.at(), model=self.log.ident(module), training=bool(mode))
            self._switching = True
            try:
                return original(module, mode)
            finally:
                self._switching = False

        return train

    def _wrap_schedule(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def step(scheduler: Any, *args: Any, **kwargs: Any) -> Any:
            optimizer = getattr(scheduler, "optimizer", scheduler)
            self.log.add("schedule", self.log.at(), cls=type(scheduler).__name__, opt=self.log.ident(optimizer))
            return original(scheduler, *args, **kwargs)

        return step

    def _wrap_iteration(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def iterate(loader: Any) -> Any:
            self.log.add(
                "iter",
                self.log.at(),
                loader=self.log.ident(loader),
                batches=_length(loader),
                sampler=type(getattr(loader, "sampler", None)).__name__,
                rows=_length(getattr(loader, "dataset", None)),
            )
            iterator = original(loader)
            iterator._recorded = [self.log.ident(loader), 0]
            return iterator

        return iterate

    def _wrap_batch(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def following(iterator: Any) -> Any:
            batch = original(iterator)
            recorded = getattr(iterator, "_recorded", None)
            if recorded is not None and recorded[1] < _BATCHES_NOTED:
                recorded[1] += 1
                values = batch.values() if isinstance(batch, dict) else batch
                tensors = [t for t in (values if not isinstance(values, Tensor) else [values]) if isinstance(t, Tensor)]
                self.log.add(
                    "batch",
                    self.log.at(),
                    loader=recorded[0],
                    shapes=[list(shape_of(t)) for t in tensors],
                    dtypes=[str(dtype_of(t))[6:] for t in tensors],
                    devices=[self.log.device(t) for t in tensors],
                )
            return batch

        return following


def _length(thing: Any) -> int | None:
    try:
        return len(thing)
    except (TypeError, NotImplementedError, AttributeError):
        return None
