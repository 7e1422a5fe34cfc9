# style: takes a sample None for the end
# verdict: wrong_answer
# caught by: test_any_object_is_a_sample
import random

from torch.utils.data import IterableDataset, get_worker_info


class ShardStream(IterableDataset):
    def __init__(self, open_shard, shards, buffer_size=1, seed=0):
        if shards < 1 or buffer_size < 1:
            raise ValueError("size")
        self.open_shard, self.shards, self.size, self.seed, self.epoch = open_shard, shards, buffer_size, seed, 0

    def set_epoch(self, epoch):
        self.epoch = epoch

    def __iter__(self):
        info = get_worker_info()
        w, n = (0, 1) if info is None else (info.id, info.num_workers)
        rng = random.Random(f"{self.seed}/{self.epoch}/{w}")
        return self._mix((s for i in range(w, self.shards, n) for s in self.open_shard(i)), rng, self.size)

    @staticmethod
    def _mix(source, rng, size):
        held = []
        while (sample := next(source, None)) is not None:
            held.append(sample)
            if len(held) >= size:
                k = rng.randrange(len(held))
                held[k], held[-1] = held[-1], held[k]
                yield held.pop()
        rng.shuffle(held)
        yield from held
