from collections.abc import Callable, Iterable

import torch
from torch import nn

Loader = Iterable[tuple[torch.Tensor, torch.Tensor]]


def train(
    model: nn.Module,
    train_loader: Loader,
    val_loader: Loader,
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    optimizer: torch.optim.Optimizer,
    epochs: int,
    scheduler: torch.optim.lr_scheduler.LRScheduler | None = None,
    max_norm: float | None = None,
    on_epoch_end: Callable[[dict], object] | None = None,
) -> dict:
    """Train, validate, record; return history, best_epoch and best_state.

    loaders: batches x (n, ...), y (n, ...); loss_fn: the mean over n, a scalar.
    """
    raise NotImplementedError
