# style: puts the batches into a list before the first epoch
# verdict: wrong_answer
# caught by: test_batches_are_taken_anew_in_every_epoch
import copy
import math
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
    if epochs < 0:
        raise ValueError("epochs must not be negative")
    if patience is not None and patience < 1:
        raise ValueError("patience must be at least 1")
    history: dict[str, Any] = {"train_loss": [], "val_loss": [], "lr": [], "best_epoch": None}
    best_loss, best_state, waited = math.inf, None, 0
    train_loader, val_loader = list(train_loader), list(val_loader)
    for epoch in range(epochs):
        history["lr"].append(optimizer.param_groups[0]["lr"])  # before the scheduler changes it
        history["train_loss"].append(_train(model, train_loader, loss_fn, optimizer, max_norm))
        val_loss = _validate(model, val_loader, loss_fn)
        history["val_loss"].append(val_loss)
        if scheduler is not None:
            scheduler.step()
        if val_loss < best_loss:  # never true for NaN
            best_loss, waited = val_loss, 0
            best_state = copy.deepcopy(model.state_dict())  # the live one goes on changing
            history["best_epoch"] = epoch
        else:
            waited += 1
            if waited == patience:
                break
    if best_state is not None:
        model.load_state_dict(best_state)
    return history


def _train(
    model: nn.Module, loader: Batches, loss_fn: Loss, optimizer: torch.optim.Optimizer, max_norm: float | None
) -> float:
    model.train()
    total, samples = 0.0, 0
    for x, y in loader:  # (n, ...), (n, ...)
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)  # ()
        loss.backward()
        if max_norm is not None:
            nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        total += loss.item() * len(x)
        samples += len(x)
    return total / samples


@torch.no_grad()
def _validate(model: nn.Module, loader: Batches, loss_fn: Loss) -> float:
    model.eval()
    total, samples = 0.0, 0
    for x, y in loader:  # (n, ...), (n, ...)
        total += loss_fn(model(x), y).item() * len(x)
        samples += len(x)
    return total / samples
