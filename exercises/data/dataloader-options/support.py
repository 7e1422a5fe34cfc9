"""What the checks do on the learner's side: data, epochs, and looks at generators."""

import random
from contextlib import contextmanager
from unittest import mock

import numpy
import torch
from torch.utils.data import DataLoader, Dataset


class Numbers(Dataset):
    """Sample i is the number i."""

    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        if not 0 <= index < self.count:
            raise IndexError(index)
        return int(index)


def is_loader(value):
    return isinstance(value, DataLoader)


def as_text(samples):
    return " ".join(map(str, samples))


def epoch(loader):
    """The batches of one epoch as lists of numbers."""
    return [batch.tolist() for batch in loader]


def texts(loader):
    return list(loader)


def epochs(make_loader, count, *arguments, global_seed=0, **options):
    """Some epochs of a new loader, flat, and whether torch's global generator was left alone."""
    torch.manual_seed(global_seed)
    before = torch.get_rng_state()
    loader = make_loader(*arguments, **options)
    orders = [[i for batch in epoch(loader) for i in batch] for _ in range(count)]
    return orders, torch.equal(before, torch.get_rng_state())


@contextmanager
def cuda(there):
    """As if CUDA were there, or not."""
    with mock.patch.object(torch.cuda, "is_available", lambda: there):
        yield


def drawn_after(function, seed):
    """The first random numbers of Python, NumPy and torch after a call under this torch seed."""
    random.seed(1)
    numpy.random.seed(1)
    torch.manual_seed(seed)
    function(3)  # not the first worker
    return random.random(), float(numpy.random.rand()), torch.rand(1), torch.initial_seed()
