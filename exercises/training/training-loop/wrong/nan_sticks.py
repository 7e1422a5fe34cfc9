# style: takes the minimum of a history that begins with NaN
# verdict: wrong_answer
# caught by: test_first_validation_without_a_number
import math
from collections.abc import Callable, Iterable

import torch
from torch import nn

Loader = Iterable[tuple[torch.Tensor, torch.Tensor]]


def _train_epoch(model, loader, loss_fn, optimizer, max_norm) -> float:
    model.train()
    total, samples = 0.0, 0
    for x, y in loader:  # (n, ...), (n, ...)
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)  # ()
        value = loss.item()
        if not math.isfinite(value):
            raise RuntimeError(f"the training loss is {value}")
        loss.backward()
        if max_norm is not None:
            nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        total += value * len(x)
        samples += len(x)
    return total / samples


@torch.no_grad()
def _validate(model, loader, loss_fn) -> float:
    model.eval()
    total, samples = 0.0, 0
    for x, y in loader:  # (n, ...), (n, ...)
        total += loss_fn(model(x), y).item() * len(x)
        samples += len(x)
    return total / samples


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
    history, best_epoch, best_state, states = [], None, None, []
    for epoch in range(epochs):
        lr = optimizer.param_groups[0]["lr"]  # before the schedule moves it
        train_loss = _train_epoch(model, train_loader, loss_fn, optimizer, max_norm)
        val_loss = _validate(model, val_loader, loss_fn)
        record = {"epoch": epoch, "train_loss": train_loss, "val_loss": val_loss, "lr": lr}
        history.append(record)
        states.append({name: t.clone() for name, t in model.state_dict().items()})
        if scheduler is not None:
            scheduler.step()
        if on_epoch_end is not None and on_epoch_end(record) is True:
            break
    if not all(math.isnan(r["val_loss"]) for r in history):
        best_epoch = min(range(len(history)), key=lambda e: history[e]["val_loss"])
        best_state = states[best_epoch]
    return {"history": history, "best_epoch": best_epoch, "best_state": best_state}
