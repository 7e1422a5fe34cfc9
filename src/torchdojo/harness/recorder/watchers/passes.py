"""Passes over the data by loaders: in which order rows were drawn, how many of them, and whether to the end.

Notes, each at the line that iterates:

    pass         a loader's pass is over: loader, dataset, base (ids; the last is that of the data set of which the
                 loader's is a part, by Subset), number (of the loader's passes so far), after and until (latest
                 forward or loss when it began and ended), first (unless the order is random: checksums of the tensors
                 of its first batch), rows (len(dataset) or null), drawn (rows drawn), distinct (different rows
                 drawn, null when too many to count), order (a checksum of the rows drawn, in order), ascending (each
                 row came behind the one before), sampler (class name), random (it is one of torch's that draw at
                 random), replacement (it may draw a row twice), drop_last, batch_size (null
                 when batches are made elsewhere), expected (batches the loader announces, null when it does not
                 know), batches (handed out), finished (nothing was left), workers (how many)
    unread       at the end: a loader was built here and never iterated: loader, rows
    permutation  a random order was drawn outside torch's own samplers: size, order (a checksum), after (as above)
"""

from __future__ import annotations

import random
import weakref
import zlib
from array import array as whole_numbers
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.utils.data import (
    DistributedSampler,
    IterableDataset,
    RandomSampler,
    Subset,
    SubsetRandomSampler,
    WeightedRandomSampler,
    dataloader,
)

from torchdojo.harness.originals import Loader, Tensor, as_numpy, frame_at
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.numbers import array
from torchdojo.harness.recorder.tensors import tensors_in

_RANDOM = (RandomSampler, SubsetRandomSampler, WeightedRandomSampler, DistributedSampler)
_MOST_COUNTED = 200_000
_MOST_PASSES = 400
_MOST_DRAWS = 400
_MOST_UNREAD = 20
_FEWEST_DRAWN = 4
_MOST_DRAWN = 1 << 20
_MOST_PARTS = 8


def watch(bus: Bus) -> None:
    """Follow loaders, and orders drawn by hand."""
    loaders = _Loaders(bus)
    bus.iteration_begins.append(loaders.begin)
    bus.script_ends.append(loaders.end)
    bus.replace(Loader, "__init__", loaders.wrap_construction)
    bus.replace(dataloader._BaseDataLoaderIter, "_reset", loaders.wrap_reset)
    bus.replace(dataloader._BaseDataLoaderIter, "_next_index", loaders.wrap_index)
    bus.replace(dataloader._BaseDataLoaderIter, "__next__", loaders.wrap_batch)
    draws = _Draws(bus)
    for owner, name in (
        (torch, "randperm"),
        (np.random, "permutation"),
        (random, "sample"),
        (random.Random, "sample"),
    ):
        bus.replace(owner, name, draws.wrap)
    bus.replace(np.random, "shuffle", lambda original: draws.wrap_in_place(original, 0))
    bus.replace(random, "shuffle", lambda original: draws.wrap_in_place(original, 0))
    bus.replace(random.Random, "shuffle", lambda original: draws.wrap_in_place(original, 1))
    bus.replace(np.random, "default_rng", draws.wrap_generator)


class _Pass:
    """What is known so far of one pass."""

    def __init__(self) -> None:
        self.drawn = self.batches = self.order = 0
        self.seen: set[Any] | None = set()
        self.last: Any = None
        self.ascending = True
        self.finished = False
        self.facts: dict[str, Any] | None = None
        self.first: list[int] = []
        self.at = -1

    def draw(self, index: Any) -> None:
        """Rows were drawn."""
        rows = index if isinstance(index, (list, tuple)) else [index]
        self.drawn += len(rows)
        self.order = zlib.crc32(_bytes(rows), self.order)
        if self.seen is not None:
            self.seen.update(rows)
            if len(self.seen) > _MOST_COUNTED:
                self.seen = None
        if self.ascending:
            for row in rows:
                if self.last is not None and not row > self.last:
                    self.ascending = False
                    break
                self.last = row


def _bytes(rows: Any) -> Any:
    """What a checksum of these rows is made of."""
    try:
        return whole_numbers("q", rows)
    except (TypeError, OverflowError):
        return repr(rows).encode()


class _Loaders:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._numbers: dict[int, int] = {}
        self._open: dict[int, _Pass] = {}
        #: Loaders nobody has iterated yet: the line that built them, and their rows.
        self._unread: dict[int, tuple[int, int | None]] = {}
        self._noted = 0

    def wrap_construction(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """A loader is built."""

        def build(loader: Any, *args: Any, **kwargs: Any) -> None:
            original(loader, *args, **kwargs)
            try:
                log = self._bus.log
                self._unread[log.ident(loader)] = log.at(), _length(loader.dataset)
            except Exception as error:
                self._bus.log.failed(error)

        return build

    def wrap_reset(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """A worker's iterator begins anew, and draws ahead before anybody iterates."""

        def reset(iterator: Any, loader: Any, first_iter: bool = False) -> Any:
            self._close(getattr(iterator, "_watched_pass", None))
            iterator._watched_pass = _Pass()
            return original(iterator, loader, first_iter)

        return reset

    def wrap_index(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Rows are drawn."""

        def next_index(iterator: Any) -> Any:
            index = original(iterator)
            try:
                self._pass(iterator).draw(index)
            except Exception as error:
                self._bus.log.failed(error)
            return index

        return next_index

    def wrap_batch(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """A batch is handed out, or there is none left."""

        def following(iterator: Any) -> Any:
            try:
                batch = original(iterator)
            except StopIteration:
                found = getattr(iterator, "_watched_pass", None)
                if found is not None:
                    found.finished = True
                    self._close(found)
                raise
            found = self._pass(iterator)
            found.batches += 1
            if found.batches == 1 and found.facts is not None and not found.facts["random"]:
                try:
                    found.first = [_checksum(tensor) for tensor in tensors_in(batch)]
                except Exception as error:
                    self._bus.log.failed(error)
            return batch

        return following

    def begin(self, loader: Any, iterator: Any) -> None:
        """The script iterates over a loader."""
        log = self._bus.log
        number = log.ident(loader)
        self._unread.pop(number, None)
        count = self._numbers[number] = self._numbers.get(number, 0) + 1
        dataset = loader.dataset
        if isinstance(dataset, IterableDataset):
            return
        sampler = getattr(loader.batch_sampler, "sampler", loader.sampler)
        found = self._pass(iterator)
        found.at = log.at()
        found.facts = {
            "loader": number,
            "dataset": log.ident(dataset),
            "base": log.ident(_base(dataset)),
            "number": count,
            "after": log.latest,
            "rows": _length(dataset),
            "sampler": type(sampler).__name__,
            "random": isinstance(sampler, _RANDOM) and getattr(sampler, "shuffle", True),
            "replacement": bool(getattr(sampler, "replacement", False)),
            "drop_last": bool(loader.drop_last or getattr(loader.batch_sampler, "drop_last", False)),
            "batch_size": loader.batch_size,
            "expected": _length(loader),
            "workers": loader.num_workers,
        }
        self._open[id(found)] = found
        # A loop that is left early throws its iterator away.
        weakref.finalize(iterator, self._close, found).atexit = False

    def end(self) -> None:
        """Note the passes that were left in the middle, and the loaders that were built for nothing."""
        for found in list(self._open.values()):
            self._close(found)
        for number, (at, rows) in list(self._unread.items())[:_MOST_UNREAD]:
            self._bus.note("passes", "unread", at, loader=number, rows=rows)

    def _pass(self, iterator: Any) -> _Pass:
        found: _Pass | None = getattr(iterator, "_watched_pass", None)
        if found is None:
            found = iterator._watched_pass = _Pass()
        return found

    def _close(self, found: _Pass | None) -> None:
        if found is None or found.facts is None or self._noted >= _MOST_PASSES:
            return
        self._noted += 1
        self._open.pop(id(found), None)
        facts, found.facts = found.facts, None
        self._bus.note(
            "passes",
            "pass",
            found.at,
            **facts,
            until=self._bus.log.latest,
            drawn=found.drawn,
            distinct=None if found.seen is None else len(found.seen),
            order=found.order,
            first=found.first,
            ascending=found.ascending,
            batches=found.batches,
            finished=found.finished,
        )


def _base(dataset: Any) -> Any:
    """The data set that this one is a part of, or itself."""
    for _ in range(_MOST_PARTS):
        if not isinstance(dataset, Subset):
            break
        dataset = dataset.dataset
    return dataset


def _checksum(tensor: Any) -> int:
    """Of the values; of very many, of some."""
    values = array(tensor).reshape(-1)
    return zlib.crc32(np.ascontiguousarray(values[:: values.size // _MOST_DRAWN + 1]).tobytes())


class _Draws:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._noted = 0

    def wrap(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """A function that returns a random order, or rows in one."""

        def draw(*args: Any, **kwargs: Any) -> Any:
            drawn = original(*args, **kwargs)
            self.drawn(drawn)
            return drawn

        return draw

    def wrap_in_place(self, original: Callable[..., Any], position: int) -> Callable[..., Any]:
        """A function that brings its argument into a random order."""

        def shuffle(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            self.drawn(args[position] if len(args) > position else kwargs.get("x"))
            return result

        return shuffle

    def wrap_generator(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """For `numpy.random.default_rng`: methods of its class cannot be replaced, those of a subclass can."""
        draws = self

        class Generator(np.random.Generator):
            __module__, __qualname__ = np.random.Generator.__module__, "Generator"

            def permutation(self, x: Any, axis: int = 0) -> Any:
                drawn = super().permutation(x, axis)
                draws.drawn(drawn)
                return drawn

            def shuffle(self, x: Any, axis: int = 0) -> None:
                super().shuffle(x, axis)
                draws.drawn(x)

        def default_rng(seed: Any = None) -> Any:
            made = original(seed)
            return Generator(made.bit_generator) if type(made) is np.random.Generator and made is not seed else made

        return default_rng

    def drawn(self, order: Any) -> None:
        """This was drawn, in this order."""
        try:
            # torch's own samplers and splits are told of elsewhere.
            asked_by = str(frame_at(2).f_globals.get("__name__", ""))
            if self._noted < _MOST_DRAWS and not self._bus.inside and not asked_by.startswith("torch."):
                self._note(order)
        except Exception as error:
            self._bus.log.failed(error)

    def _note(self, order: Any) -> None:
        if isinstance(order, Tensor):
            order = as_numpy(order.cpu()) if order.ndim == 1 else ()
        elif isinstance(order, (list, tuple)) and not isinstance(next(iter(order), None), (int, float)):
            return
        values = np.asarray(order)
        if values.ndim == 1 and _FEWEST_DRAWN <= values.size <= _MOST_DRAWN and values.dtype.kind in "iuf":
            self._noted += 1
            checksum = zlib.crc32(values.tobytes())
            self._bus.note("passes", "permutation", size=int(values.size), order=checksum, after=self._bus.log.latest)


def _length(thing: Any) -> int | None:
    try:
        return len(thing)
    except Exception:
        return None
