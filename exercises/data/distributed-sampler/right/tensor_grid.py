# style: a (share, replicas) grid of positions modulo the size, one column of it
import torch


class ShardSampler:
    def __init__(self, size, replicas, rank, shuffle=True, seed=0, drop_last=False):
        if not replicas >= 1:
            raise ValueError("replicas")
        if rank < 0 or rank >= replicas:
            raise ValueError("rank")
        share, rest = divmod(size, replicas)
        self.rows = share + (1 if rest and not drop_last else 0)
        self.size, self.replicas, self.rank, self.shuffle = size, replicas, rank, shuffle
        self.seed = self.now = seed

    def set_epoch(self, epoch):
        self.now = self.seed + epoch

    def __len__(self):
        return self.rows

    def __iter__(self):
        positions = torch.arange(self.rows * self.replicas).view(self.rows, self.replicas)[:, self.rank] % self.size
        if self.shuffle:
            positions = torch.randperm(self.size, generator=torch.Generator().manual_seed(self.now))[positions]
        yield from positions.tolist()
