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
        if not 0 <= rank < replicas:  # no rank fits if there is no process
            raise ValueError(f"rank {rank} of {replicas} processes")
        self.size, self.replicas, self.rank = size, replicas, rank
        self.shuffle, self.seed = shuffle, seed
        self.share = size // replicas if drop_last else -(-size // replicas)  # rounded down or up
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """The epoch whose order the next iteration gives."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.share

    def __iter__(self) -> Iterator[int]:
        if self.shuffle:
            generator = torch.Generator().manual_seed(self.seed + self.epoch)
            order = torch.randperm(self.size, generator=generator).tolist()  # size integers
        else:
            order = range(self.size)
        for step in range(self.share):
            position = step * self.replicas + self.rank
            yield order[position % self.size]  # beyond the end: over from the beginning
