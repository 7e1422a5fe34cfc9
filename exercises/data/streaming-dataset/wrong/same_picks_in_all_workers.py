# style: leaves the worker out of the seed
# verdict: wrong_answer
# caught by: test_workers_shuffle_differently
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch.utils.data import IterableDataset, get_worker_info


class ShardStream(IterableDataset):
    """Samples of many shards, read lazily, split between workers, shuffled in a buffer."""

    def __init__(
        self, open_shard: Callable[[int], Iterable[Any]], shards: int, buffer_size: int = 1, seed: int = 0
    ):
        if shards < 1 or buffer_size < 1:
            raise ValueError("shards and buffer_size must be at least 1")
        self.open_shard = open_shard
        self.shards = shards
        self.buffer_size = buffer_size
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """The epoch whose order the next iteration gives."""
        self.epoch = epoch

    def _read(self, worker: int, workers: int) -> Iterator[Any]:
        """The samples of this worker's shards, in order; opens a shard when it is reached."""
        for shard in range(worker, self.shards, workers):
            yield from self.open_shard(shard)

    def __iter__(self) -> Iterator[Any]:
        info = get_worker_info()
        worker, workers = (0, 1) if info is None else (info.id, info.num_workers)
        # Far apart for neighbouring seeds, epochs and workers, so that no two streams share their picks.
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + self.epoch * 1009)
        buffer = []
        for sample in self._read(worker, workers):
            buffer.append(sample)
            if len(buffer) == self.buffer_size:
                yield self._pick(buffer, generator)
        while buffer:
            yield self._pick(buffer, generator)

    @staticmethod
    def _pick(buffer: list[Any], generator: torch.Generator) -> Any:
        """Take one sample out, each with the same chance: swap it to the end, then pop."""
        index = int(torch.randint(len(buffer), (), generator=generator))
        buffer[index], buffer[-1] = buffer[-1], buffer[index]
        return buffer.pop()
