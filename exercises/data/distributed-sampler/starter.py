from collections.abc import Iterator

import torch
from torch.utils.data import Sampler


class ShardSampler(Sampler):
    """The indices of one of several processes."""

    def __init__(
        self,
        size: int,
        replicas: int,
        rank: int,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ):
        raise NotImplementedError

    def set_epoch(self, epoch: int) -> None:
        """The epoch whose order the next iteration gives."""
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def __iter__(self) -> Iterator[int]:
        raise NotImplementedError
