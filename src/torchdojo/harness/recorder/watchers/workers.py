"""Whether the workers of a loader would all draw the same random numbers.

Notes, at the line that iterates over a loader with workers:

    workers   loader, workers (how many), persistent (they live on from epoch to epoch), index (of the row that was
              fetched for the trial), random (fetched twice it differs), shared (two workers, each with a copy of the
              data set and with its own seed, fetch the same)

Workers get a copy of the data set each. What they draw from torch's, NumPy's and Python's global generators is seeded
for each of them; a generator that is stored on the data set is copied, state and all. The trial is made here, on
copies, with the script's random states put back.
"""

from __future__ import annotations

import copy
import random
from typing import Any

import numpy as np
import torch
from torch.utils.data import IterableDataset

from torchdojo.harness.originals import Tensor, numel
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.numbers import array

_MOST_NUMBERS = 20_000_000
_MOST_TRIALS = 4
_ROWS_TRIED = 2


def watch(bus: Bus) -> None:
    """Try each loader with workers once."""
    trials = _Trials(bus)
    bus.iteration_begins.append(trials.begin)


class _Trials:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._tried: set[int] = set()

    def begin(self, loader: Any, iterator: Any) -> None:
        """The script iterates over a loader."""
        number = self._bus.log.ident(loader)
        if loader.num_workers < 1 or number in self._tried or len(self._tried) >= _MOST_TRIALS:
            return
        self._tried.add(number)
        dataset = loader.dataset
        if (
            isinstance(dataset, IterableDataset)
            or not _has_private_generator(dataset)
            or _size(dataset) > _MOST_NUMBERS
        ):
            return
        for index in range(min(_ROWS_TRIED, len(dataset))):
            with self._bus.experiment():
                random_row, shared = _trial(loader, dataset, index)
            if random_row or index == _ROWS_TRIED - 1:
                self._bus.note(
                    "workers",
                    "workers",
                    loader=number,
                    workers=loader.num_workers,
                    persistent=bool(loader.persistent_workers),
                    index=index,
                    random=random_row,
                    shared=shared,
                )
                return


def _trial(loader: Any, dataset: Any, index: int) -> tuple[bool, bool]:
    first, second = (_worker(loader, dataset, number) for number in (0, 1))
    one, other = _fetched(first, 0, index), _fetched(second, 1, index)
    once_more = _fetched(first, 2, index)
    return not _same(one, once_more), _same(one, other)


def _worker(loader: Any, dataset: Any, number: int) -> Any:
    """A worker's data set, after the script's own preparation of workers, if that is simple."""
    copied = copy.deepcopy(dataset)
    if loader.worker_init_fn is not None:
        from torch.utils.data import _utils

        info = _utils.worker.WorkerInfo(id=number, num_workers=loader.num_workers, seed=1000 + number, dataset=copied)
        before, _utils.worker._worker_info = _utils.worker._worker_info, info
        try:
            _seed(number)
            loader.worker_init_fn(number)
        finally:
            _utils.worker._worker_info = before
    return copied


def _fetched(dataset: Any, number: int, index: int) -> Any:
    _seed(number)
    return dataset[index]


def _seed(number: int) -> None:
    seed = 7_919 * (number + 1)
    random.seed(seed)
    np.random.seed(seed)
    torch.default_generator.manual_seed(seed)


def _same(first: Any, second: Any) -> bool:
    if isinstance(first, Tensor):
        return isinstance(second, Tensor) and np.array_equal(array(first), array(second), equal_nan=False)
    if isinstance(first, np.ndarray):
        return isinstance(second, np.ndarray) and np.array_equal(first, second)
    if isinstance(first, dict):
        return all(_same(value, second.get(key)) for key, value in first.items())
    if isinstance(first, (list, tuple)):
        return len(first) == len(second) and all(_same(a, b) for a, b in zip(first, second, strict=True))
    return bool(first == second)


def _members(dataset: Any) -> list[Any]:
    """What the data set holds, and those inside it (a subset's, a wrapper's, a transform's)."""
    found: list[Any] = []
    todo = [(dataset, 3)]
    while todo:
        thing, depth = todo.pop()
        inner = list(getattr(thing, "__dict__", {}).values())
        if isinstance(thing, (list, tuple)):
            inner = list(thing[:16])
        found += inner
        if depth:
            todo += [(v, depth - 1) for v in inner if hasattr(v, "__dict__") or isinstance(v, (list, tuple))]
        if len(found) > 2_000:
            break
    return found


def _has_private_generator(dataset: Any) -> bool:
    kinds = (np.random.Generator, np.random.RandomState, random.Random, torch.Generator)
    return any(isinstance(value, kinds) for value in _members(dataset))


def _size(dataset: Any) -> int:
    return sum(
        numel(value) if isinstance(value, Tensor) else value.size
        for value in _members(dataset)
        if isinstance(value, (Tensor, np.ndarray))
    )
