# style: an iterator class of its own, NumPy's generator from a seed sequence
import numpy
from torch.utils.data import IterableDataset, get_worker_info


class _Iterator:
    def __init__(self, open_shard, names, size, entropy):
        self.open_shard, self.names, self.size = open_shard, list(names), size
        self.rng = numpy.random.default_rng(entropy)
        self.current, self.pool = iter(()), []

    def __iter__(self):
        return self

    def _fill(self):
        while len(self.pool) < self.size:
            try:
                self.pool.append(next(self.current))
            except StopIteration:
                if not self.names:
                    return
                self.current = iter(self.open_shard(self.names.pop(0)))

    def __next__(self):
        self._fill()
        if not self.pool:
            raise StopIteration
        return self.pool.pop(int(self.rng.integers(len(self.pool))))


class ShardStream(IterableDataset):
    epoch = 0

    def __init__(self, open_shard, shards, buffer_size=1, seed=0):
        if buffer_size < 1:
            raise ValueError("buffer_size")
        if shards < 1:
            raise ValueError("shards")
        self.args = open_shard, shards, buffer_size
        self.seed = seed

    def set_epoch(self, epoch):
        self.epoch = epoch

    def __iter__(self):
        open_shard, shards, size = self.args
        info = get_worker_info()
        me = 0 if info is None else info.id
        step = 1 if info is None else info.num_workers
        return _Iterator(open_shard, range(me, shards, step), size, [self.seed, self.epoch, me])
