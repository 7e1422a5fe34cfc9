# style: takes the whole epoch into memory before the first step
# verdict: wrong_answer
# caught by: test_batches_are_taken_one_by_one
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
    model.train()
    total, samples = 0.0, 0
    for x, y in list(loader):
        x, y = x.to(device), y.to(device)  # (n, ...), (n, ...)
        optimizer.zero_grad()
        prediction = model(x)  # (n, ...)
        loss = loss_fn(prediction, y)  # ()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)  # a number: the graph can go
        samples += len(x)
    if samples == 0:
        raise ValueError("the loader has no batches")
    return total / samples
