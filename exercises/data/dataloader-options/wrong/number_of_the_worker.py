# style: adds the number of the worker to the seed
# verdict: wrong_answer
# caught by: test_workers_get_different_seeds
import random

import numpy
import torch
from torch.utils.data import DataLoader, Sampler


def seed_worker(worker_id):
    s = (torch.initial_seed() + worker_id) % 2**32
    random.seed(s)
    numpy.random.seed(s)


class _Order(Sampler):
    def __init__(self, n, weights, seed):
        self.n, self.weights = n, weights
        self.g = torch.Generator()
        self.g.manual_seed(seed)

    def __len__(self):
        return self.n

    def __iter__(self):
        if self.weights is None:
            yield from torch.randperm(self.n, generator=self.g).tolist()
        else:
            yield from torch.multinomial(self.weights, self.n, True, generator=self.g).tolist()


def make_loader(dataset, batch_size, train=False, *, weights=None, seed=0, workers=0, device="cpu", collate_fn=None):
    n = len(dataset)
    if weights is not None:
        if not train or len(weights) != n:
            raise ValueError("weights")
        weights = torch.as_tensor(weights, dtype=torch.float64)
    more = dict(persistent_workers=True, prefetch_factor=4, worker_init_fn=seed_worker) if workers else {}
    pin = torch.device(device).type == "cuda" and torch.cuda.is_available()
    return DataLoader(
        dataset,
        batch_size,
        sampler=_Order(n, weights, seed) if train else None,
        drop_last=train and n >= batch_size,
        num_workers=workers,
        pin_memory=pin,
        collate_fn=collate_fn,
        generator=torch.Generator().manual_seed(seed),
        **more,
    )
