"""A look inside a few root forwards: which modules ran in them, where they were called, on what.

Looking at every call of every module would slow a script down, so it is done in the first forwards of each model and
from then on ever more rarely, until another optimizer begins to step. Watchers share one `Looks` per recording.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from threading import get_ident
from typing import Any

from torchdojo.harness.originals import Module, Tensor, is_grad_enabled
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.tensors import first_tensor

#: The first forwards of a model that are looked into; afterwards the two that follow each power of two.
_FIRST = 4
#: Calls noted of one forward.
_MOST_CALLS = 2000

_named_modules = Module.named_modules


class Call:
    """One call of a module inside a root forward, the root's own included."""

    __slots__ = ("at", "given", "grad", "made", "module")

    def __init__(self, module: Any, at: int, given: Any) -> None:
        self.module = module
        #: The place of the call, and whether gradients were being recorded there.
        self.at = at
        self.grad = is_grad_enabled()
        #: The first tensor handed in, and the first that came out (None while it runs, or when there is none).
        self.given = given
        self.made: Any = None


class Look:
    """What was seen in one root forward; it lives no longer than the forward and those who are told of it."""

    def __init__(self, root: Any, args: Any, kwargs: Any, earlier: int, updates: int) -> None:
        self.root = root
        self.args = args
        self.kwargs = kwargs
        #: Forwards of this model in this phase of the run, and updates of any parameters, before this forward.
        self.earlier = earlier
        self.updates = updates
        self.calls: list[Call] = []
        self.output: Any = None
        #: The number of the forward, known at its end.
        self.number = -1
        self._names: dict[int, str] | None = None

    def name(self, module: Any) -> str | None:
        """The module's name inside the root, None when the root does not know it."""
        if self._names is None:
            self._names = {id(inner): name for name, inner in _named_modules(self.root)}
        return self._names.get(id(module))


Listener = Callable[[Look], None]


class Looks:
    """Tells its listeners before and after each root forward that is looked into."""

    def __init__(self, bus: Bus) -> None:
        self.begins: list[Listener] = []
        self.ends: list[Listener] = []
        #: The look that is being taken.
        self.current: Look | None = None
        self._bus = bus
        self._forwards: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._optimizers: set[int] = set()
        self._updates = 0
        self._thread = get_ident()
        bus.forward_begins.append(self._begin)
        bus.forward_ends.append(self._end)
        bus.step_ends.append(self._updated)

    @property
    def updates(self) -> int:
        """Updates by optimizers so far."""
        return self._updates

    def _updated(self, optimizer: Any) -> None:
        self._updates += 1
        number = self._bus.log.ident(optimizer)
        if number not in self._optimizers:
            # Another optimizer, another phase: parts may have been frozen or exchanged.
            self._optimizers.add(number)
            self._forwards.clear()

    def _begin(self, module: Any, args: Any, kwargs: Any) -> None:
        earlier = self._forwards.get(module, 0)
        self._forwards[module] = earlier + 1
        self.current = self._bus.call_inside = None
        if not _worth_a_look(earlier) or not (is_grad_enabled() or module.training):
            return
        self.current = look = Look(module, args, kwargs, earlier, self._updates)
        self._bus.call_inside = self._call
        self._bus.tell(self.begins, look)

    def _end(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        look, self.current = self.current, None
        self._bus.call_inside = None
        if look is not None and look.root is module:
            look.number, look.output = number, output
            self._bus.tell(self.ends, look)

    def _call(self, original: Callable[..., Any], module: Any, args: Any, kwargs: Any) -> Any:
        look = self.current
        if look is None or self._bus.experimenting:
            return original(module, *args, **kwargs)
        seen = self._noted(look, module, args, kwargs)
        try:
            output = original(module, *args, **kwargs)
        except BaseException:
            self.current = self._bus.call_inside = None
            raise
        if seen is not None:
            seen.made = output if isinstance(output, Tensor) else first_tensor((output,))
        return output

    def _noted(self, look: Look, module: Any, args: Any, kwargs: Any) -> Call | None:
        if len(look.calls) >= _MOST_CALLS or get_ident() != self._thread:
            return None
        try:
            call = Call(module, self._bus.log.at(), first_tensor(args, kwargs))
        except Exception as error:
            self._bus.log.failed(error)
            return None
        look.calls.append(call)
        return call


def looks_of(bus: Bus) -> Looks:
    """The looks of this recording, shared by all who ask."""
    found = _looks.get(bus)
    if found is None:
        found = _looks[bus] = Looks(bus)
    return found


_looks: weakref.WeakKeyDictionary[Bus, Looks] = weakref.WeakKeyDictionary()


def _worth_a_look(earlier: int) -> bool:
    if earlier < _FIRST:
        return True
    power = 1 << (earlier.bit_length() - 1)
    return earlier - power < 2
