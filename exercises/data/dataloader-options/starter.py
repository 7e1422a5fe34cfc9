import random
from collections.abc import Callable, Sequence

import numpy
import torch
from torch.utils.data import DataLoader, Dataset


def make_loader(
    dataset: Dataset,
    batch_size: int,
    train: bool = False,
    *,
    weights: Sequence[float] | torch.Tensor | None = None,
    seed: int = 0,
    workers: int = 0,
    device: str | torch.device = "cpu",
    collate_fn: Callable | None = None,
) -> DataLoader:
    """A loader for training or evaluation. weights: one per sample, (n,), for training only."""
    raise NotImplementedError


def seed_worker(worker_id: int) -> None:
    """Seed random and numpy.random from the seed that torch gave to this worker."""
    raise NotImplementedError
