from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn

Batches = Iterable[tuple[torch.Tensor, torch.Tensor]]
Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def fit(
    model: nn.Module,
    train_loader: Batches,
    val_loader: Batches,
    loss_fn: Loss,
    optimizer: torch.optim.Optimizer,
    epochs: int,
    scheduler: torch.optim.lr_scheduler.LRScheduler | None = None,
    max_norm: float | None = None,
    patience: int | None = None,
) -> dict[str, Any]:
    """Train for at most `epochs` epochs and leave the model as it was in its best one.

    Loaders give batches (x, y) with shapes (n, ...) and (n, ...).
    Returns "train_loss", "val_loss" and "lr", each with one float per epoch, and "best_epoch".
    """
    raise NotImplementedError
