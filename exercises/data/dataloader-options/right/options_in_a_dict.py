# style: options collected in a dict, two generators, RandomSampler
import random

import numpy.random
import torch
import torch.utils.data as data


def make_loader(dataset, batch_size, train=False, *, weights=None, seed=0, workers=0, device="cpu", collate_fn=None):
    options = {"batch_size": batch_size, "collate_fn": collate_fn, "num_workers": workers}
    options["generator"] = torch.Generator().manual_seed(seed + 1)
    options["worker_init_fn"] = lambda number: seed_worker(number)
    order = torch.Generator().manual_seed(seed)
    if train:
        if weights is None:
            options["sampler"] = data.RandomSampler(dataset, generator=order)
        elif len(weights) == len(dataset):
            options["sampler"] = data.WeightedRandomSampler(list(weights), len(weights), replacement=True, generator=order)
        else:
            raise ValueError(len(weights))
        options["drop_last"] = len(dataset) // batch_size > 0
    elif weights is not None:
        raise ValueError("weights")
    if workers:
        options.update(persistent_workers=True, prefetch_factor=4)
    if torch.cuda.is_available():
        options["pin_memory"] = torch.device(device).type == "cuda"
    return data.DataLoader(dataset, **options)


def seed_worker(worker_id):
    state = torch.initial_seed() % (1 << 32)
    random.seed(state)
    numpy.random.seed(state)
