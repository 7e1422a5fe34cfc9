"""Optimizers built anew for parameters that an earlier one of their class has updated.

Notes `again`, at the line that built it: opt, before (the earlier one), steps (updates by the earlier one), stateful
(it had gathered state beside its parameters), rewritten (the parameters were written to between its last update and
now: weights loaded or drawn anew); and `begun` at the first update of such an optimizer: opt, carried (it begins with
state: that of the earlier one was loaded).
"""

from __future__ import annotations

from typing import Any

from torchdojo.harness.originals import version_of, weak
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.optimizers import Optimizers, Watched

_BY = "rebuilding"


class _Watch:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._latest: dict[int, tuple[Any, int]] = {}
        self._facts: dict[int, dict[str, Any]] = {}
        self._fresh: set[int] = set()
        self._owners = Optimizers(bus, self._built)
        bus.step_begins.append(self._step)
        bus.step_ends.append(self._stepped)

    def _built(self, owner: Watched) -> None:
        representatives = owner.representatives()
        if not representatives:
            return
        before = [self._owner_of(p) for p in representatives]
        number = before[0]
        for parameter in representatives:
            self._latest[id(parameter)] = weak(parameter), owner.number
        if number is None or number == owner.number or any(other != number for other in before):
            return
        facts = self._facts.get(number)
        if facts is None or facts["cls"] != owner.cls:
            return
        self._fresh.add(owner.number)
        self._bus.note(
            _BY,
            "again",
            opt=owner.number,
            before=number,
            steps=facts["steps"],
            stateful=facts["stateful"],
            rewritten=any(version_of(p) != facts["versions"].get(id(p)) for p in representatives),
        )

    def _owner_of(self, parameter: Any) -> int | None:
        reference, number = self._latest.get(id(parameter), (None, None))
        return number if reference is not None and reference() is parameter else None

    def _step(self, optimizer: Any) -> None:
        number = self._owners.of(optimizer).number
        if number in self._fresh:
            self._fresh.discard(number)
            carried = any(isinstance(state, dict) and state for state in optimizer.state.values())
            self._bus.note(_BY, "begun", opt=number, carried=carried)

    def _stepped(self, optimizer: Any) -> None:
        owner = self._owners.of(optimizer)
        facts = self._facts.setdefault(owner.number, {"cls": owner.cls, "steps": 0, "stateful": False})
        facts["steps"] += 1
        if not facts["stateful"]:
            facts["stateful"] = any(_has_content(state) for state in optimizer.state.values())
        facts["versions"] = {id(p): version_of(p) for p in owner.representatives()}


def _has_content(state: Any) -> bool:
    """Whether there is more in a parameter's state than None: plain SGD keeps an empty momentum buffer."""
    return isinstance(state, dict) and any(value is not None for value in state.values())


def watch(bus: Bus) -> None:
    """Begin to watch."""
    _Watch(bus)
