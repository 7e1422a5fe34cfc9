from collections.abc import Callable

import torch
from torch import nn


def train_step(
    model: nn.Module,
    x: torch.Tensor,
    y: torch.Tensor,
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    optimizer: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
    dtype: torch.dtype = torch.float16,
    max_norm: float | None = None,
) -> float:
    """Make one training step in mixed precision.

    x: (n, ...) and y: (n, ...) on the model's device; the parameters are float32.
    max_norm: bound for the total norm of the true gradients, None for no clipping.
    Returns the loss, not scaled.
    """
    raise NotImplementedError
