"""The smaller calls of a training script: clearing, switching modes, stepping schedulers, loading batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchdojo.harness.originals import Module, Optimizer, Tensor, dtype_of, shape_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.gradients import Gradients
from torchdojo.harness.recorder.log import Log, dtype_name

#: Batches of one iteration whose shapes are noted, and iterations of one loader in which they are.
_BATCHES_NOTED = 2
_ITERATIONS_NOTED = 4

#: Calls of zero_grad whose place is looked at.
_CLEARINGS_LOOKED_AT = 100


class Calls:
    """Replacements for methods of modules, optimizers, schedulers and loaders."""

    def __init__(self, log: Log, gradients: Gradients, bus: Bus) -> None:
        self._log = log
        self._gradients = gradients
        self._bus = bus
        self._switching = False
        self._iterations: dict[int, int] = {}
        self._clearings = 0
        self._cleared: set[tuple[int, int]] = set()
        self._scheduling = False

    def wrap_clearing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """For `zero_grad` of optimizers and modules."""

        def zero_grad(thing: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(thing, *args, **kwargs)
            if isinstance(thing, Module):
                self._gradients.zeroed(self._gradients.known_of(Module.parameters(thing)))
                self._note_clearing("model", thing)
            elif isinstance(thing, Optimizer):
                self._gradients.zeroed(self._gradients.held_by(thing))
                self._note_clearing("opt", thing)
            return result

        return zero_grad

    def _note_clearing(self, kind: str, thing: Any) -> None:
        # What became of the gradients is known from their content; where they are cleared is worth saying once.
        self._clearings += 1
        if self._clearings > _CLEARINGS_LOOKED_AT:
            return
        where = (self._log.at(), self._log.ident(thing))
        if where not in self._cleared:
            self._cleared.add(where)
            self._log.add("zero", where[0], **{kind: where[1]})

    def wrap_mode_switch(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """For `nn.Module.train`, which `eval` calls and which calls itself for every child."""

        def train(module: Any, mode: bool = True) -> Any:
            if self._switching or self._bus.experimenting:
                return original(module, mode)
            self._log.add("eval_mode", self._log.at(), model=self._log.ident(module), training=bool(mode))
            self._switching = True
            try:
                return original(module, mode)
            finally:
                self._switching = False

        return train

    def wrap_schedule(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """For `step` of learning-rate schedulers; those made of others count once."""

        def step(scheduler: Any, *args: Any, **kwargs: Any) -> Any:
            if self._scheduling or self._bus.experimenting:
                return original(scheduler, *args, **kwargs)
            optimizer = getattr(scheduler, "optimizer", scheduler)
            self._log.add("schedule", self._log.at(), cls=type(scheduler).__name__, opt=self._log.ident(optimizer))
            self._scheduling = True
            try:
                return original(scheduler, *args, **kwargs)
            finally:
                self._scheduling = False

        return step

    def wrap_first_step(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """For the step that a scheduler takes when it is built."""

        def first_step(scheduler: Any, *args: Any, **kwargs: Any) -> Any:
            before, self._scheduling = self._scheduling, True
            try:
                return original(scheduler, *args, **kwargs)
            finally:
                self._scheduling = before

        return first_step

    def wrap_iteration(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """For `DataLoader.__iter__`."""

        def iterate(loader: Any) -> Any:
            if self._bus.experimenting:
                return original(loader)
            self._log.add(
                "iter",
                self._log.at(),
                loader=self._log.ident(loader),
                batches=_length(loader),
                sampler=type(getattr(loader, "sampler", None)).__name__,
                rows=_length(getattr(loader, "dataset", None)),
            )
            iterator = original(loader)
            number = self._log.ident(loader)
            self._iterations[number] = self._iterations.get(number, 0) + 1
            if self._iterations[number] <= _ITERATIONS_NOTED:
                iterator._recorded = [number, 0]
            if self._bus.iteration_begins:
                self._bus.tell(self._bus.iteration_begins, loader, iterator)
            return iterator

        return iterate

    def wrap_batch(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """For `__next__` of a loader's iterator."""

        def following(iterator: Any) -> Any:
            batch = original(iterator)
            if self._bus.batch_comes and not self._log.light:
                self._bus.tell(self._bus.batch_comes, iterator, batch)
            recorded = getattr(iterator, "_recorded", None)
            if recorded is not None and recorded[1] < _BATCHES_NOTED:
                recorded[1] += 1
                try:
                    self._note_batch(recorded[0], batch)
                except Exception as error:
                    self._log.failed(error)
            return batch

        return following

    def _note_batch(self, loader: int, batch: Any) -> None:
        values = batch.values() if isinstance(batch, dict) else batch if isinstance(batch, (list, tuple)) else [batch]
        tensors = [value for value in values if isinstance(value, Tensor)]
        self._log.add(
            "batch",
            self._log.at(),
            loader=loader,
            shapes=[list(shape_of(t)) for t in tensors],
            dtypes=[dtype_name(dtype_of(t)) for t in tensors],
            devices=[self._log.device(t) for t in tensors],
        )


def _length(thing: Any) -> int | None:
    try:
        return len(thing)
    except Exception:
        return None  # Loaders of endless data have no length, whatever way they say so.
