# style: draws the order once
# verdict: wrong_answer
# caught by: test_every_epoch_has_its_own_order
import random
from collections.abc import Callable, Sequence

import numpy
import torch
from torch.utils.data import DataLoader, Dataset, WeightedRandomSampler


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
    if weights is not None and (not train or len(weights) != len(dataset)):
        raise ValueError("weights are for training, one per sample")
    generator = torch.Generator().manual_seed(seed)
    sampler = None
    if train and weights is None:
        sampler = torch.randperm(len(dataset), generator=generator).tolist()
    if weights is not None:
        sampler = WeightedRandomSampler(weights, len(dataset), generator=generator)
    only_with_workers = {"persistent_workers": True, "prefetch_factor": 4} if workers else {}
    return DataLoader(
        dataset,
        batch_size,
        shuffle=train and sampler is None,
        sampler=sampler,
        num_workers=workers,
        collate_fn=collate_fn,
        pin_memory=torch.device(device).type == "cuda" and torch.cuda.is_available(),
        drop_last=train and len(dataset) >= batch_size,
        worker_init_fn=seed_worker,
        generator=generator,  # also gives each epoch its seed for the workers
        **only_with_workers,
    )


def seed_worker(worker_id: int) -> None:
    """Seed random and numpy.random from the seed that torch gave to this worker."""
    seed = torch.initial_seed() % 2**32
    random.seed(seed)
    numpy.random.seed(seed)
