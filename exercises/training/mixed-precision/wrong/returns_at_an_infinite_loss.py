# style: returns early when the loss is infinite, so the scale never falls
# verdict: wrong_answer
# caught by: test_overflow_skips_the_step
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
    model.train()
    optimizer.zero_grad()
    with torch.autocast(x.device.type, dtype=dtype):
        loss = loss_fn(model(x), y)  # ()  matrix products in dtype, delicate operations in float32
    if not torch.isfinite(loss):
        return loss.item()
    scaler.scale(loss).backward()  # .grad holds scale * gradient, in float32
    if max_norm is not None:
        scaler.unscale_(optimizer)  # .grad holds the gradient
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    scaler.step(optimizer)  # unscales if nobody has; skips if something is not finite
    scaler.update()  # lower scale after an overflow, higher after many good steps
    return loss.item()
