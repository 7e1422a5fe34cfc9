"""What a watcher may listen to, replace in torch, and ask of the recorder.

The recorder itself notes what every run has: forwards, losses, backward passes, updates. What only one kind of bug
shows is noted by a watcher of its own, which hears of the same moments here. Nothing a watcher does, and no fault of
one, changes what the script computes.
"""

from __future__ import annotations

import contextlib
import copy
import io
import random
import warnings
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np
import torch

from torchdojo.harness.originals import Module, Tensor, detach, functorch_level, is_leaf_of, now, numel
from torchdojo.harness.recorder.log import Log

Listener = Callable[..., None]
Wrap = Callable[[Any], Any]

_parameters, _buffers, _modules = Module.parameters, Module.buffers, Module.modules

#: Models with more scalars than this are not copied for an experiment.
_MOST_SCALARS = 50_000_000

#: What all experiments together may take: a share of the run so far, and so many seconds that nobody minds.
_SHARE, _NOBODY_MINDS = 0.05, 0.1


class _Counter(Protocol):
    busy: int


class Bus:
    """Moments of a recorded run, each a list of listeners.

    `forward_begins(module, args, kwargs)` and `forward_ends(number, module, args, kwargs, output)` tell of root
    forwards; `loss_ends(number, name, args, kwargs, result)` of library losses; `backward_begins(roots)` and
    `backward_ends(roots, forwards, failed)` of backward passes, with the numbers of the forwards they reached;
    `step_begins(optimizer)` and `step_ends(optimizer)` of updates by an optimizer, `update_ends()` of these and of
    updates by hand, once they are noticed; `iteration_begins(loader,
    iterator)` and `batch_comes(iterator, batch)` of loaders; `script_ends()` of the end.

    Between the stretches that are recorded closely (`log.light`) only updates, iterations and the end are told.
    """

    def __init__(self, log: Log, counters: _Counter) -> None:
        self.log = log
        self.forward_begins: list[Listener] = []
        self.forward_ends: list[Listener] = []
        self.loss_ends: list[Listener] = []
        self.backward_begins: list[Listener] = []
        self.backward_ends: list[Listener] = []
        self.step_begins: list[Listener] = []
        self.step_ends: list[Listener] = []
        self.update_ends: list[Listener] = []
        self.iteration_begins: list[Listener] = []
        self.batch_comes: list[Listener] = []
        self.script_ends: list[Listener] = []
        #: Runs a module inside the root forward that is looked into: (original, module, args, kwargs) -> its output.
        #: None where nobody looks, which is nearly always.
        self.call_inside: Callable[..., Any] | None = None
        #: While a backward pass begins, the gradients that it was given for its roots; None stands for 1.
        self.root_gradients: Any = None
        #: What runs now is a computation of ours.
        self.experimenting = False
        #: Set by the recorder: what it replaces in torch is put back at the end, and hooks are removed.
        self.replace: Callable[[Any, str, Wrap], None] = _not_recording
        self.keep_hook: Callable[[Any], None] = _not_recording
        self._counters = counters
        self._began = now()
        self._spent = 0.0

    def tell(self, listeners: list[Listener], *what: Any) -> None:
        """Tell the listeners; a fault of one is noted, and the script goes on."""
        for listener in listeners:
            try:
                listener(*what)
            except Exception as error:
                self.log.failed(error)

    def note(self, by: str, what: str, at: int | None = None, **facts: Any) -> None:
        """Note what a watcher saw, at this line of the script: numbers, texts, flags and short lists of them."""
        self.log.add("note", self.log.at() if at is None else at, by=by, what=what, facts=facts)

    @property
    def inside(self) -> bool:
        """Whether a root forward, a loss, a backward pass, an experiment or a transform of torch.func is running."""
        return self._counters.busy > 0 or functorch_level() is not None

    def affords_another(self) -> bool:
        """Whether there is time for an experiment that was made before: the first of its kind need not ask."""
        return self._spent < _NOBODY_MINDS + _SHARE * (now() - self._began)

    @contextlib.contextmanager
    def experiment(self) -> Iterator[None]:
        """For computations of our own: no event comes of them, nothing is printed, no random number is used up."""
        states = random.getstate(), np.random.get_state(), torch.get_rng_state()
        devices = torch.cuda.get_rng_state_all() if _uses_cuda() else []
        self._counters.busy += 1
        before, self.experimenting = self.experimenting, True
        nowhere = io.StringIO()
        began = now()
        try:
            with (
                contextlib.redirect_stdout(nowhere),
                contextlib.redirect_stderr(nowhere),
                warnings.catch_warnings(),
            ):
                warnings.simplefilter("ignore")
                yield
        finally:
            self._counters.busy -= 1
            self.experimenting = before
            self._spent += now() - began
            random.setstate(states[0])
            np.random.set_state(states[1])
            torch.set_rng_state(states[2])
            if devices:
                torch.cuda.set_rng_state_all(devices)

    def twin(self, model: Any) -> Any:
        """A deep copy of a model to experiment with; None when it is too large or cannot be copied."""
        if sum(numel(t) for t in [*_parameters(model), *_buffers(model)]) > _MOST_SCALARS:
            return None
        try:
            # What forward left in an attribute (attention weights, say) belongs to a graph and cannot be copied.
            kept = {id(value): detach(value) for value in _left_in_attributes(model)}
            return copy.deepcopy(model, kept)
        except Exception:
            return None


def _left_in_attributes(model: Any) -> Iterator[Any]:
    for module in _modules(model):
        for value in vars(module).values():
            if isinstance(value, Tensor) and not is_leaf_of(value):
                yield value


def _uses_cuda() -> bool:
    started: bool = torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    return started


def _not_recording(*_: Any) -> None:
    raise RuntimeError("nothing can be replaced before recording begins")
