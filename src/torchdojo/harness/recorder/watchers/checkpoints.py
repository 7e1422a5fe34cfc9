"""What is saved, what is loaded, and whether it arrives.

`load`, for each `Module.load_state_dict` that a script calls: cls, keys (entries given), wanted (the module's own),
matched, renamed (missing entries of which an unexpected one is the same but for a prefix, in name and in shape),
example (one such pair, "given -> wanted", "" without), aliased (matched entries that share memory with the module, of
those with memory), age (updates since the entries were taken from the module; null when they are not its own), late
(matched entries copied since the last update from what was taken before it), late_age (updates since they were taken).
`save`, for each `torch.save` of entries that share memory with parameters of a living module: aliased, age.
`resumed`, at the first update after a checkpoint was read from a file and a model loaded, when the checkpoint holds the
state of an optimizer that nobody loaded: kind ("optimizer" or "scheduler"), cls (of what steps now), entries (of state
in the checkpoint), fresh (whether what steps now has no state of its own), alike (whether it has the same groups: sizes
and hyper-parameters, at first), loaded_at (the line that loaded the model), rate and stored (learning rates now and in
the checkpoint); for a scheduler also position and stored_position (steps it has made; null when there is none now).
`went_on`, at the same update, whether anything was left or not: optimizers and schedulers (states in the checkpoint).
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch

from torchdojo.harness.originals import Module, Optimizer, Tensor, data_ptr, numel, shape_of, weak
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.owners import unmade

_DEPTH = 3
#: Hyper-parameters that change while training goes on, or say how to compute.
_VOLATILE = frozenset({"params", "lr", "initial_lr", "foreach", "fused", "capturable", "differentiable", "maximize"})

_state_dict = Module.state_dict
_parameters = Module.parameters


class _Stored:
    """The states in a checkpoint that was read."""

    def __init__(self, optimizers: list[Any], schedulers: list[Any]) -> None:
        self.optimizers = [_Group.all(state) for state in optimizers]
        self.entries = [len(state["state"]) for state in optimizers]
        self.rates = [[group.get("lr") for group in state["param_groups"]] for state in optimizers]
        self.schedulers = len(schedulers)
        self.position = max((int(state["last_epoch"]) for state in schedulers), default=None)
        self.model_loaded = False
        self.loaded_at = -1
        self.optimizer_loaded = self.scheduler_loaded = False


class _Group:
    @staticmethod
    def all(state: Any) -> list[tuple[int, dict[str, Any]]]:
        """Size and lasting hyper-parameters of each group."""
        return [
            (
                len(group["params"]),
                {
                    **{
                        k: v
                        for k, v in group.items()
                        if k not in _VOLATILE and isinstance(v, (int, float, bool, tuple))
                    },
                    "rate": group.get("initial_lr", group.get("lr")),
                },
            )
            for group in state["param_groups"]
        ]


class Checkpoints:
    """Replaces what saves and loads."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._updates = 0
        #: When tensors were taken out of a model, by the tensors themselves.
        self._taken: dict[int, tuple[Any, int]] = {}
        self._first_taken: int | None = None
        #: Copies of such tensors, by themselves: when their source was taken, and when they were made.
        self._copied: dict[int, tuple[Any, int, int]] = {}
        self._models: weakref.WeakSet[Any] = weakref.WeakSet()
        self._inside = 0
        self._stored: _Stored | None = None
        self._schedulers: weakref.WeakSet[Any] = weakref.WeakSet()
        bus.step_begins.append(self._step)
        bus.step_ends.append(self._updated)
        bus.forward_ends.append(self._met)
        bus.replace(Module, "state_dict", self._wrap_state_dict)
        bus.replace(Module, "load_state_dict", self._wrap_load)
        bus.replace(Tensor, "__deepcopy__", self._wrap_copy)
        bus.replace(Tensor, "clone", self._wrap_copy)
        bus.replace(torch, "save", self._wrap_save)
        bus.replace(torch, "load", self._wrap_read)
        bus.replace(Optimizer, "load_state_dict", self._loading("optimizer_loaded"))
        bus.replace(torch.optim.lr_scheduler.LRScheduler, "__init__", self._wrap_scheduler)
        for scheduler in (torch.optim.lr_scheduler.LRScheduler, torch.optim.lr_scheduler.SequentialLR):
            bus.replace(scheduler, "load_state_dict", self._loading("scheduler_loaded"))

    def _met(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        self._models.add(module)

    def _updated(self, optimizer: Any) -> None:
        self._updates += 1

    def _guarded(self, action: Callable[..., None], *args: Any) -> None:
        try:
            action(*args)
        except Exception as error:
            self._bus.log.failed(error)

    def _wrap_state_dict(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def state_dict(module: Any, *args: Any, **kwargs: Any) -> Any:
            if self._inside or self._bus.experimenting:
                return original(module, *args, **kwargs)
            self._inside += 1
            try:
                result = original(module, *args, **kwargs)
            finally:
                self._inside -= 1
            self._guarded(self._take, result)
            return result

        return state_dict

    def _take(self, result: Any) -> None:
        if self._first_taken is None:
            self._first_taken = self._updates
        for value in result.values():
            if isinstance(value, Tensor):
                self._taken[id(value)] = (weak(value), self._updates)

    def _wrap_copy(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def copy(tensor: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(tensor, *args, **kwargs)
            if self._taken and not self._bus.experimenting:
                found = self._taken.get(id(tensor))
                if found is not None and found[0]() is tensor:
                    self._guarded(self._note_copy, result, found[1])
            return result

        return copy

    def _note_copy(self, copy: Any, taken: int) -> None:
        self._copied[id(copy)] = (weak(copy), taken, self._updates)

    def _lateness(self, tensor: Any) -> int:
        """Updates before a copy was made of what had been taken then, for copies made since the last update; else 0.

        What was taken before training began may be a lasting view of the weights, which is copied when it is wanted.
        """
        found = self._copied.get(id(tensor))
        if found is None or found[0]() is not tensor:
            return 0
        _, taken, made = found
        return made - taken if taken and made == self._updates else 0

    def _age(self, tensors: list[Any]) -> int:
        """Updates since these tensors were taken from a model, as far as that is known."""
        for tensor in tensors:
            found = self._taken.get(id(tensor))
            if found is not None and found[0]() is tensor:
                return self._updates - found[1]
        return self._updates - (self._first_taken or 0) if self._first_taken is not None else 0

    def _wrap_load(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def load_state_dict(module: Any, state_dict: Any, *args: Any, **kwargs: Any) -> Any:
            if self._inside or self._bus.experimenting:
                return original(module, state_dict, *args, **kwargs)
            self._guarded(self._note_load, module, state_dict)
            self._inside += 1
            try:
                return original(module, state_dict, *args, **kwargs)
            finally:
                self._inside -= 1

        return load_state_dict

    def _note_load(self, module: Any, given: Any) -> None:
        if not isinstance(given, Mapping):
            return
        self._inside += 1
        try:
            wanted = _state_dict(module)
        finally:
            self._inside -= 1
        matched = [key for key in wanted if key in given]
        with_memory = [k for k in matched if isinstance(wanted[k], Tensor) and isinstance(given[k], Tensor)]
        with_memory = [k for k in with_memory if numel(wanted[k])]
        aliased = [k for k in with_memory if data_ptr(wanted[k]) == data_ptr(given[k])]
        late = [age for k in with_memory if (age := self._lateness(given[k]))]
        pairs = list(_renamed(given, wanted))
        self._bus.note(
            "checkpoints",
            "load",
            cls=type(module).__name__,
            keys=len(given),
            wanted=len(wanted),
            matched=len(matched),
            renamed=len(pairs),
            example=f"{pairs[0][0]} -> {pairs[0][1]}" if pairs else "",
            aliased=len(aliased),
            memory=len(with_memory),
            age=self._age([given[k] for k in aliased]) if aliased else None,
            late=len(late),
            late_age=max(late, default=0),
        )
        if self._stored is not None and matched:
            self._stored.model_loaded = True
            self._stored.loaded_at = self._bus.log.at()

    def _wrap_save(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def save(obj: Any, *args: Any, **kwargs: Any) -> Any:
            self._guarded(self._note_save, obj)
            return original(obj, *args, **kwargs)

        return save

    def _note_save(self, obj: Any) -> None:
        living = {data_ptr(p) for model in list(self._models) for p in _parameters(model) if not isinstance(p, unmade)}
        for found in _mappings(obj, _DEPTH):
            tensors = [v for v in found.values() if isinstance(v, Tensor) and numel(v) and data_ptr(v) in living]
            if tensors:
                self._bus.note("checkpoints", "save", aliased=len(tensors), age=self._age(tensors))

    def _wrap_read(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def load(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            self._guarded(self._read, result)
            return result

        return load

    def _read(self, result: Any) -> None:
        found = list(_mappings(result, _DEPTH))
        optimizers = [m for m in found if "state" in m and "param_groups" in m]
        schedulers = [m for m in found if "last_epoch" in m and "param_groups" not in m]
        if optimizers or schedulers:
            self._stored = _Stored(optimizers, schedulers)

    def _loading(self, flag: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
            def load_state_dict(thing: Any, *args: Any, **kwargs: Any) -> Any:
                if self._stored is not None:
                    setattr(self._stored, flag, True)
                return original(thing, *args, **kwargs)

            return load_state_dict

        return wrap

    def _wrap_scheduler(self, original: Callable[..., None]) -> Callable[..., None]:
        def init(scheduler: Any, *args: Any, **kwargs: Any) -> None:
            original(scheduler, *args, **kwargs)
            self._schedulers.add(scheduler)

        return init

    def _step(self, optimizer: Any) -> None:
        stored = self._stored
        if stored is None or not stored.model_loaded:
            return
        self._stored = None
        self._bus.note("checkpoints", "went_on", optimizers=len(stored.optimizers), schedulers=stored.schedulers)
        groups = _Group.all({"param_groups": optimizer.param_groups})
        fresh = not any(optimizer.state.get(p) for group in optimizer.param_groups for p in group["params"])
        alike = [i for i, known in enumerate(stored.optimizers) if known == groups]
        facts: dict[str, Any] = {"cls": type(optimizer).__name__, "fresh": fresh, "alike": bool(alike)}
        facts["loaded_at"] = stored.loaded_at
        rates = [float(group["lr"]) for group in optimizer.param_groups if "lr" in group]
        before = [float(rate) for rate in (stored.rates[alike[0]] if alike else []) if rate is not None]
        facts |= {"rate": rates[0] if rates else None, "stored": before[0] if before else None}
        if stored.optimizers and not stored.optimizer_loaded:
            entries = max(stored.entries)
            self._bus.note("checkpoints", "resumed", kind="optimizer", entries=entries, **facts)
        if stored.schedulers and not stored.scheduler_loaded:
            mine = [s.last_epoch for s in self._schedulers if getattr(s, "optimizer", None) is optimizer]
            facts |= {"position": max(mine, default=None), "stored_position": stored.position}
            self._bus.note("checkpoints", "resumed", kind="scheduler", entries=stored.schedulers, **facts)


def _mappings(value: Any, depth: int) -> Iterator[Mapping[Any, Any]]:
    """The dicts in what was saved or read, outermost first."""
    if isinstance(value, Mapping):
        yield value
        if depth:
            for inner in value.values():
                yield from _mappings(inner, depth - 1)
    elif isinstance(value, (list, tuple)) and depth and len(value) < 100:
        for inner in value:
            yield from _mappings(inner, depth - 1)


def _renamed(given: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Pairs of an unexpected and a missing entry that are the same but for a prefix."""
    spare: dict[str, list[str]] = {}
    for key, value in given.items():
        if isinstance(key, str) and key not in wanted and isinstance(value, Tensor):
            spare.setdefault(key.rpartition(".")[2], []).append(key)
    for key, value in wanted.items():
        if key in given or not isinstance(value, Tensor):
            continue
        for other in spare.get(key.rpartition(".")[2], ()):
            same = other.endswith(f".{key}") or key.endswith(f".{other}")
            if same and shape_of(given[other]) == shape_of(value):
                yield other, key
                break


def watch(bus: Bus) -> None:
    """Begin to watch."""
    Checkpoints(bus)
