# style: itertools for the shards, Python's Random, a full buffer whose place is refilled
import itertools
import random

import torch.utils.data as data


class ShardStream(data.IterableDataset):
    def __init__(self, open_shard, shards, buffer_size=1, seed=0):
        super().__init__()
        if min(shards, buffer_size) <= 0:
            raise ValueError((shards, buffer_size))
        self.open_shard, self.count, self.size, self.seed, self.epoch = open_shard, shards, buffer_size, seed, 0

    def set_epoch(self, epoch):
        self.epoch = epoch

    def __iter__(self):
        info = data.get_worker_info()
        me, all_workers = (info.id, info.num_workers) if info else (0, 1)
        rng = random.Random(f"{self.seed}/{self.epoch}/{me}")
        mine = itertools.islice(range(self.count), me, None, all_workers)
        samples = itertools.chain.from_iterable(map(self.open_shard, mine))
        pool = list(itertools.islice(samples, self.size))
        while pool:
            i = rng.randrange(len(pool))
            yield pool[i]
            try:
                pool[i] = next(samples)
            except StopIteration:
                pool.pop(i)
                break
        rng.shuffle(pool)
        yield from pool
