from collections.abc import Callable, Iterable

import torch
from torch import nn

Loader = Iterable[tuple[torch.Tensor, torch.Tensor]]
Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def evaluate(model: nn.Module, loader: Loader, loss_fn: Loss) -> tuple[float, float]:
    """Mean loss per sample and accuracy over all batches.

    loader: batches x (n, ...), y (n,) int64; model(x): (n, classes).
    """
    raise NotImplementedError


def fit(
    model: nn.Module,
    train_loader: Loader,
    val_loader: Loader,
    loss_fn: Loss,
    optimizer: torch.optim.Optimizer,
    epochs: int,
) -> dict[str, list[float]]:
    """Train for some epochs, evaluate on both loaders after each.

    Returns train_loss, val_loss, train_accuracy and val_accuracy, each with one float per epoch.
    """
    raise NotImplementedError
