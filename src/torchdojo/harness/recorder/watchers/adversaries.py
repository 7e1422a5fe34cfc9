"""Two models that train against each other: one is fed with what the other makes.

pair        at the end, for each maker whose output another model was given: maker, judge (models), attached and
            detached (times it was given with a graph behind it and without), others (times the judge was given
            something else), steps (updates of the maker's parameters), together (those that moved
            the judge as well), empty (those that found no gradient at
            all), mixed (those that found gradients of the judge's own update), judged (updates of the judge's), tainted
            (those that found gradients of the maker's update in a judge that had been cleared before it), judge_at
            (the line of the judge's update). It stands at the maker's update.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from torch.multiprocessing.reductions import StorageWeakRef

from torchdojo.harness.originals import (
    Module,
    Tensor,
    functorch_level,
    grad_of,
    is_zero,
    numel,
    requires_grad_of,
)
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.tensors import first_tensor

_NAME = "adversaries"
_RECENT = 6
_MOST_MODELS = 16


def watch(bus: Bus) -> None:
    """Begin to watch."""
    watcher = _Adversaries(bus)
    bus.forward_ends.append(watcher.forward_ends)
    bus.backward_begins.append(watcher.backward_begins)
    bus.backward_ends.append(watcher.backward_ends)
    bus.step_begins.append(watcher.step_begins)
    bus.script_ends.append(watcher.script_ends)


@dataclass(slots=True)
class _Updates:
    at: int = -1
    steps: int = 0
    empty: int = 0
    mixed: int = 0
    tainted: int = 0


@dataclass(slots=True)
class _Adversaries:
    _bus: Bus
    #: What the models made lately: the memory it lies in, how many numbers there are, and which model made them.
    _made: list[tuple[Any, int, int]] = field(default_factory=list)
    _fed: Counter[tuple[int, int, bool]] = field(default_factory=Counter)
    _calls: Counter[int] = field(default_factory=Counter)
    _forwards: dict[int, int] = field(default_factory=dict)
    _parameters: dict[int, frozenset[int]] = field(default_factory=dict)
    _updates: dict[int, _Updates] = field(default_factory=dict)
    #: Updates that moved both a maker and its judge.
    _together: Counter[tuple[int, int]] = field(default_factory=Counter)
    #: The parameters behind each model, as the optimizers hold them.
    _held: dict[int, list[Any]] = field(default_factory=dict)
    #: Models reached by backward passes since the last update.
    _reached: set[int] = field(default_factory=set)
    #: Makers that got gradients from their judge's update, and those that still had them at the next backward pass.
    _spilt: set[int] = field(default_factory=set)
    _left: set[int] = field(default_factory=set)
    #: Models without any gradient when the latest backward pass began; and, like the two above, judges that got
    #: gradients from their maker's update: those that had been cleared before, so that all there is came from it.
    _clear: set[int] = field(default_factory=set)
    _filled: set[int] = field(default_factory=set)
    _tainted: set[int] = field(default_factory=set)

    def forward_ends(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        """Was the model given what another one made?"""
        if functorch_level() is not None:
            return
        ident = self._bus.log.ident(module)
        if ident not in self._parameters:
            if len(self._parameters) >= _MOST_MODELS:
                return
            self._parameters[ident] = frozenset(id(p) for p in Module.parameters(module))
        self._calls[ident] += 1
        given = first_tensor(args, kwargs)
        if given is not None:
            where, size = _memory(given), numel(given)
            for memory, made_size, maker in reversed(self._made):
                if made_size == size and maker != ident and not memory.expired() and memory == where:
                    self._fed[maker, ident, requires_grad_of(given)] += 1
                    break
        if len(self._forwards) > 256:
            self._forwards.clear()
        self._forwards[number] = ident
        if isinstance(output, Tensor):
            self._made = [*self._made[1 - _RECENT :], (_memory(output), numel(output), ident)]

    def backward_begins(self, roots: Any) -> None:
        """Are gradients of the other one's update still there?"""
        self._clear = {model for model, held in self._held.items() if not any(_has_gradient(p) for p in held)}
        self._left = (self._spilt | self._left) - self._clear
        self._tainted = (self._filled | self._tainted) - self._clear
        self._spilt, self._filled = set(), set()

    def backward_ends(self, roots: Any, forwards: list[int], failed: bool) -> None:
        """Remember which models got gradients."""
        self._reached |= {self._forwards[number] for number in forwards if number in self._forwards}

    def step_begins(self, optimizer: Any) -> None:
        """Whose parameters are moved, and by what?"""
        if self._bus.log.light or not self._fed:
            self._reached.clear()
            return
        owned = [p for group in optimizer.param_groups for p in group["params"]]
        ids = {id(p) for p in owned}
        movers = {model for model, parameters in self._parameters.items() if parameters & ids}
        for model in movers:
            self._held[model] = [p for p in owned if id(p) in self._parameters[model]]
            updates = self._updates.setdefault(model, _Updates())
            updates.at = self._bus.log.at()
            updates.steps += 1
            updates.empty += not any(_has_gradient(p) for p in self._held[model])
            updates.mixed += model in self._left
            updates.tainted += model in self._tainted
            for suspects in (self._left, self._spilt, self._tainted, self._filled):
                suspects.discard(model)
        for pair in {(maker, judge) for maker, judge, _ in self._fed if maker in movers and judge in movers}:
            self._together[pair] += 1
        judged = {maker for maker, judge, _ in self._fed if judge in movers and maker not in movers}
        self._spilt |= judged & self._reached
        judges = {judge for maker, judge, _ in self._fed if maker in movers and judge not in movers}
        self._filled |= judges & self._reached & self._clear
        self._reached.clear()

    def script_ends(self) -> None:
        """Say what was seen."""
        for maker, judge in dict.fromkeys((maker, judge) for maker, judge, _ in self._fed):
            attached, detached = self._fed[maker, judge, True], self._fed[maker, judge, False]
            updates = self._updates.get(maker, _Updates())
            facts = {"attached": attached, "detached": detached, "others": self._calls[judge] - attached - detached}
            counts = {"steps": updates.steps, "empty": updates.empty, "mixed": updates.mixed}
            facts["together"] = self._together[maker, judge]
            judge_updates = self._updates.get(judge, _Updates())
            counts |= {"judged": judge_updates.steps, "tainted": judge_updates.tainted, "judge_at": judge_updates.at}
            self._bus.note(_NAME, "pair", updates.at, maker=maker, judge=judge, **facts, **counts)


def _memory(tensor: Any) -> StorageWeakRef:
    """What tells memory that is still in use from other memory at the address of some that was given back."""
    return StorageWeakRef(tensor.untyped_storage())  # type: ignore[no-untyped-call]


def _has_gradient(parameter: Any) -> bool:
    gradient = grad_of(parameter)
    return gradient is not None and not gradient.is_sparse and not is_zero(gradient)
