from collections.abc import Callable, Iterable

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
    raise NotImplementedError
