"""Random states that are set: by whom, and whether training then used the same random numbers a second time.

Notes:

    seed      a global generator was seeded: library ("torch", "numpy", "python"), value, after (latest forward or
              loss), inside_fork (the state is put back afterwards)
    used      between seeding torch and the next training forward random numbers were used: value, after, forward
    repeated  a training forward began with a state of torch's generator that an earlier training forward of the same
              model had, and random numbers were used from there on: forward, earlier (numbers of the forwards)
    drawn     the same, but the random numbers were used between the update before and the forward, in which nothing
              was seeded and no other forward ran: after (latest forward or loss at that update), forward, earlier
"""

from __future__ import annotations

import contextlib
import random
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch

from torchdojo.harness.originals import is_grad_enabled
from torchdojo.harness.recorder.bus import Bus

_MOST_SEEDS = 400
_MOST_REPEATED = 60

_state = torch.get_rng_state


def watch(bus: Bus) -> None:
    """Follow seeds, and the state of torch's generator at training forwards."""
    states = _States(bus)
    seeds = _Seeds(bus, states)
    for owner, name, library in (
        (torch, "manual_seed", "torch"),
        (torch.random, "manual_seed", "torch"),
        (np.random, "seed", "numpy"),
        (random, "seed", "python"),
    ):
        bus.replace(owner, name, partial(seeds.wrap, library=library))
    bus.replace(torch.random, "fork_rng", seeds.wrap_fork)
    bus.forward_begins.append(states.begin)
    bus.step_begins.append(states.step)


class _Seeds:
    def __init__(self, bus: Bus, states: _States) -> None:
        self._bus = bus
        self._states = states
        self._forks = self._noted = 0

    def wrap(self, original: Callable[..., Any], library: str) -> Callable[..., Any]:
        """A function that seeds a global generator."""

        def seed(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            value = args[0] if args else next(iter(kwargs.values()), None)
            if isinstance(value, (int, np.integer)) and not self._bus.experimenting and self._noted < _MOST_SEEDS:
                self._noted += 1
                self._bus.note(
                    "seeds",
                    "seed",
                    library=library,
                    value=int(value),
                    after=self._bus.log.latest,
                    inside_fork=self._forks > 0,
                )
                if library == "torch":
                    self._states.seeded(int(value))
            return result

        return seed

    def wrap_fork(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """For `torch.random.fork_rng`."""

        @contextlib.contextmanager
        def fork_rng(*args: Any, **kwargs: Any) -> Iterator[Any]:
            with original(*args, **kwargs) as given:
                self._forks += 1
                try:
                    yield given
                finally:
                    self._forks -= 1

        return fork_rng


class _States:
    """The state at each training forward that is recorded closely, once it is known that it was used."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        #: (model, state) -> the forward that began with it and used random numbers.
        self._known: dict[tuple[int, int], int] = {}
        #: The same for random numbers that were used just before it; and the state after the latest update, when that
        #: was (the latest forward or loss).
        self._drawn: dict[tuple[int, int], int] = {}
        self._updated: tuple[int, int] | None = None
        self._pending: tuple[int, int, int] | None = None
        self._seeded: tuple[int, int, int, int] | None = None
        self._noted = 0

    def seeded(self, value: int) -> None:
        """torch's generator was seeded."""
        self._updated = None
        if self._noted < _MOST_REPEATED:
            self._seeded = value, self._bus.log.at(), self._bus.log.latest, _checksum()

    def begin(self, module: Any, args: Any, kwargs: Any) -> None:
        """A root forward begins: remember from which state, if it is one of training."""
        if module.training and is_grad_enabled() and self._noted < _MOST_REPEATED:
            state, forward = _checksum(), self._bus.log.latest + 1
            model = self._bus.log.ident(module)
            self._pending = model, state, forward
            if self._updated is not None and self._updated[0] != state:
                self._note_again("drawn", self._drawn, model, state, forward, after=self._updated[1])
            seeded, self._seeded = self._seeded, None
            if seeded is not None and seeded[3] != state:
                self._noted += 1
                self._bus.note("seeds", "used", seeded[1], value=seeded[0], after=seeded[2], forward=forward)
        self._updated = None

    def step(self, optimizer: Any) -> None:
        """An update: were random numbers used since the forward?"""
        pending, self._pending = self._pending, None
        state = _checksum()
        self._updated = state, self._bus.log.latest
        if pending is None or state == pending[1]:
            return
        self._note_again("repeated", self._known, *pending)

    def _note_again(
        self, what: str, known: dict[tuple[int, int], int], model: int, state: int, forward: int, **facts: int
    ) -> None:
        earlier = known.setdefault((model, state), forward)
        if earlier != forward:
            self._noted += 1
            self._bus.note("seeds", what, forward=forward, earlier=earlier, **facts)


def _checksum() -> int:
    return zlib.crc32(_state().numpy().tobytes())
