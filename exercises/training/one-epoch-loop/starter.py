from collections.abc import Callable, Iterable

import torch
from torch import nn


def train_one_epoch(
    model: nn.Module,
    loader: Iterable[tuple[torch.Tensor, torch.Tensor]],
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    optimizer: torch.optim.Optimizer,
    device: torch.device | str,
) -> float:
    """Train on every batch of `loader` once; one step per batch.

    loader: batches (x, y) with shapes (n, ...) and (n, ...), not yet on `device`.
    loss_fn: (prediction, y) -> scalar, the mean over the batch.
    Returns the mean loss per sample. Raises ValueError if there is no batch.
    """
    raise NotImplementedError
