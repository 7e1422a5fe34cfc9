"""Shards that keep a log, and a stand-in for the worker processes of a loader."""

import contextlib
import itertools

import torch
from torch.utils.data._utils import worker as workers


class Shards:
    """Call it to open a shard. The log has ("open", shard), ("read", sample) and ("end", shard)."""

    def __init__(self, content):
        self.content = content
        self.log = []

    def __call__(self, shard):
        self.log.append(("open", shard))
        return self._samples(shard)

    def _samples(self, shard):
        for sample in self.content[shard]:
            self.log.append(("read", sample))
            yield sample
        self.log.append(("end", shard))

    def read(self):
        return sum(kind == "read" for kind, _ in self.log)


@contextlib.contextmanager
def as_worker(dataset, number, count):
    """As if this process were a worker of a loader."""
    before = workers._worker_info
    workers._worker_info = workers.WorkerInfo(id=number, num_workers=count, seed=0, dataset=dataset)
    try:
        yield
    finally:
        workers._worker_info = before


def in_worker(dataset, number, count):
    with as_worker(dataset, number, count):
        return list(dataset)


def pace(dataset, shards):
    """How many samples were read when each one was given away."""
    read = []
    for _ in dataset:
        read.append(shards.read())
    return read


def side_by_side(dataset):
    """Two iterations at once, in turns."""
    one, other = iter(dataset), iter(dataset)
    pairs = list(itertools.zip_longest(one, other))
    return [a for a, _ in pairs], [b for _, b in pairs]


def many(stream, shards, size, epochs):
    """The first sample of each epoch."""
    dataset = stream(shards, 1, size)
    first = []
    for epoch in range(epochs):
        dataset.set_epoch(epoch)
        first.append(next(iter(dataset)))
    return first


def last_of_many(stream, shards, size, epochs):
    """The last sample of each epoch."""
    dataset = stream(shards, 1, size)
    last = []
    for epoch in range(epochs):
        dataset.set_epoch(epoch)
        *_, sample = dataset
        last.append(sample)
    return last


def with_other_global_seed(dataset, seed):
    torch.manual_seed(seed)
    return list(dataset)


def global_state_kept(dataset):
    torch.manual_seed(1234)
    before = torch.get_rng_state()
    list(dataset)
    return torch.equal(before, torch.get_rng_state())
