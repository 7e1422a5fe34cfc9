from collections.abc import Callable, Iterable
from itertools import islice

import torch
from torch import nn


def train_with_accumulation(
    model: nn.Module,
    loader: Iterable[tuple[torch.Tensor, torch.Tensor]],
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    optimizer: torch.optim.Optimizer,
    accumulation_steps: int,
) -> int:
    """Train once over `loader`, one optimizer step per `accumulation_steps` micro-batches.

    loader: micro-batches (x, y) with shapes (n, ...) and (n, ...); n may differ.
    loss_fn: (prediction, y) -> scalar, the mean over the micro-batch.
    Returns the number of optimizer steps.
    """
    if accumulation_steps < 1:
        raise ValueError("accumulation_steps must be at least 1")
    model.train()
    steps = 0
    source = iter(loader)
    while group := list(islice(source, accumulation_steps)):  # the last group may be shorter
        samples = sum(len(x) for x, _ in group)  # of the whole group
        optimizer.zero_grad()
        for x, y in group:  # (n, ...), (n, ...)
            loss = loss_fn(model(x), y)  # ()  mean over n
            (loss * (len(x) / samples)).backward()  # adds this micro-batch's share; its graph is gone
        optimizer.step()
        steps += 1
    return steps
