from collections.abc import Callable, Iterable

import torch
from torch import nn


def clip_grad_norm(
    parameters: Iterable[torch.Tensor], max_norm: float, norm_type: float = 2.0
) -> torch.Tensor:
    """Scale all gradients in place so that their common norm is at most max_norm.

    parameters: tensors of any shapes; those with .grad None are skipped.
    Returns the norm before clipping, shape (). Raises RuntimeError if it is not finite.
    """
    raise NotImplementedError


def clipped_step(
    model: nn.Module,
    x: torch.Tensor,
    y: torch.Tensor,
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    optimizer: torch.optim.Optimizer,
    max_norm: float,
) -> tuple[float, float]:
    """One optimizer step on the batch x (n, ...), y (n, ...), its gradient clipped to max_norm.

    Returns (loss before the step, gradient norm before clipping).
    """
    raise NotImplementedError
