from collections.abc import Callable, Iterable, Iterator
from typing import Any

from torch.utils.data import IterableDataset, get_worker_info


class ShardStream(IterableDataset):
    """Samples of many shards, read lazily, split between workers, shuffled in a buffer."""

    def __init__(
        self, open_shard: Callable[[int], Iterable[Any]], shards: int, buffer_size: int = 1, seed: int = 0
    ):
        raise NotImplementedError

    def set_epoch(self, epoch: int) -> None:
        """The epoch whose order the next iteration gives."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError
