# style: builds the padded list and slices it with a step
import math

import torch
from torch.utils.data import Sampler


class ShardSampler(Sampler):
    def __init__(self, size, replicas, rank, shuffle=True, seed=0, drop_last=False):
        if replicas <= 0 or rank not in range(replicas):
            raise ValueError((replicas, rank))
        self.__dict__.update(size=size, replicas=replicas, rank=rank, shuffle=shuffle, seed=seed, drop_last=drop_last)
        self.epoch = 0

    def set_epoch(self, epoch):
        self.epoch = epoch

    def __len__(self):
        return len(self._indices())

    def __iter__(self):
        return iter(self._indices())

    def _indices(self):
        indices = list(range(self.size))
        if self.shuffle:
            g = torch.Generator()
            g.manual_seed(self.seed + self.epoch)
            indices = torch.randperm(self.size, generator=g).tolist()
        if self.drop_last:
            indices = indices[: self.size - self.size % self.replicas]
        else:
            total = math.ceil(self.size / self.replicas) * self.replicas
            while len(indices) < total:
                indices += indices[: total - len(indices)]
        return indices[self.rank :: self.replicas]
