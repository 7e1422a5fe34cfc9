# style: walks over the state dict, which names a shared weight twice
# verdict: wrong_answer
# caught by: test_shared_weight_counts_once
from collections.abc import Callable

import torch
from torch import nn


def elastic_net(model: nn.Module, l1: float = 0.0, l2: float = 0.0) -> torch.Tensor:
    """l1 * sum |w| + l2 / 2 * sum w ** 2 over trained weights of two or more dimensions. Returns a scalar."""
    if l1 < 0 or l2 < 0:
        raise ValueError(f"l1 and l2 must not be negative: {l1}, {l2}")
    weights = [w for _, w in model.named_parameters(remove_duplicate=False) if w.dim() >= 2 and w.requires_grad]
    if not weights:
        return torch.zeros(())
    terms = [l1 * w.abs().sum() + l2 / 2 * w.square().sum() for w in weights]  # () each
    return torch.stack(terms).sum()  # ()


def orthogonality(weight: torch.Tensor) -> torch.Tensor:
    """weight: (out, ...). Squared distance of the smaller Gram matrix from the identity. Returns a scalar."""
    if weight.dim() < 2:
        raise ValueError(f"a matrix has two dimensions or more, not the shape {tuple(weight.shape)}")
    rows = weight.flatten(1)  # (out, in)
    if rows.shape[0] > rows.shape[1]:
        rows = rows.t()  # (in, out)
    gram = rows @ rows.t()  # (smaller, smaller)
    identity = torch.eye(len(rows), dtype=weight.dtype, device=weight.device)  # (smaller, smaller)
    return (gram - identity).square().sum()  # ()


def gradient_penalty(
    critic: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, target: float = 1.0
) -> torch.Tensor:
    """x: (N, ...). Mean squared distance of the slopes from target. Returns a scalar."""
    leaf = x.detach().requires_grad_()  # (N, ...)  shares the values of x, and nothing else
    scores = critic(leaf)  # (N,) or (N, 1)
    if scores.shape not in ((len(x),), (len(x), 1)):
        raise ValueError(f"one score per sample, not the shape {tuple(scores.shape)}")
    (slopes,) = torch.autograd.grad(scores.sum(), leaf, create_graph=True)  # (N, ...)
    lengths = torch.linalg.vector_norm(slopes.flatten(1), dim=1)  # (N,)  its gradient at 0 is 0
    return (lengths - target).square().mean()  # ()
