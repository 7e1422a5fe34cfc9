from collections.abc import Callable, Iterable

import torch
from torch import nn


def finetune(
    model: nn.Module,
    loader: Iterable[tuple[torch.Tensor, torch.Tensor]],
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    head_epochs: int,
    full_epochs: int,
    head_lr: float,
    backbone_lr: float,
    optimizer_class: type[torch.optim.Optimizer] = torch.optim.SGD,
) -> list[float]:
    """Train model.head on a frozen model.backbone, then both.

    loader: batches (x, y) with shapes (n, ...) and (n, ...); n may differ.
    loss_fn: (prediction, y) -> scalar, the mean over the batch.
    Returns the mean loss per sample of each epoch.
    """
    raise NotImplementedError
