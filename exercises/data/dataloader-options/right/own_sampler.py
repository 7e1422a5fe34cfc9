# style: a sampler class of its own for the order, batches cut by a BatchSampler
import random as python_random

import numpy as np
import torch
from torch.utils.data import BatchSampler, DataLoader, Sampler


class Order(Sampler):
    def __init__(self, count, train, weights, generator):
        self.count, self.train, self.weights, self.generator = count, train, weights, generator

    def __len__(self):
        return self.count

    def __iter__(self):
        if self.weights is not None:
            yield from torch.multinomial(self.weights, self.count, True, generator=self.generator).tolist()
        elif self.train:
            yield from torch.randperm(self.count, generator=self.generator).tolist()
        else:
            yield from range(self.count)


def seed_worker(worker_id):
    seed = torch.initial_seed() & 0xFFFFFFFF
    np.random.seed(seed)
    python_random.seed(seed)


def make_loader(dataset, batch_size, train=False, *, weights=None, seed=0, workers=0, device="cpu", collate_fn=None):
    n = len(dataset)
    if weights is not None:
        if not train:
            raise ValueError("weights in evaluation")
        weights = torch.as_tensor(weights, dtype=torch.float64)
        if weights.shape != (n,):
            raise ValueError("weights")
    g = torch.Generator()
    g.manual_seed(seed)
    batches = BatchSampler(Order(n, train, weights, g), batch_size, drop_last=bool(train) and n > batch_size)
    pin = str(device).startswith("cuda") and torch.cuda.is_available()
    if workers > 0:
        return DataLoader(
            dataset, batch_sampler=batches, num_workers=workers, pin_memory=pin, collate_fn=collate_fn,
            persistent_workers=True, prefetch_factor=4, worker_init_fn=seed_worker, generator=g,
        )
    return DataLoader(dataset, batch_sampler=batches, pin_memory=pin, collate_fn=collate_fn, generator=g)
