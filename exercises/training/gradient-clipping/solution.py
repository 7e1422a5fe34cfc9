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
    gradients = [p.grad for p in parameters if p.grad is not None]  # the shapes of the parameters
    if not gradients:
        return torch.tensor(0.0)  # ()
    norms = torch.stack([torch.linalg.vector_norm(g, norm_type) for g in gradients])  # (k,)
    total = torch.linalg.vector_norm(norms, norm_type)  # ()  the norm of the norms
    if not torch.isfinite(total):
        raise RuntimeError(f"the gradient norm is {total.item()}")
    if total > max_norm:
        for gradient in gradients:
            gradient.mul_(max_norm / total)  # in place: p.grad is this very tensor
    return total


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
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)  # ()
    loss.backward()
    norm = clip_grad_norm(model.parameters(), max_norm)  # ()
    optimizer.step()
    return loss.item(), norm.item()
