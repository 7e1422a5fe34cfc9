import torch
import torch.nn.functional as F


def nt_xent_loss(z1: torch.Tensor, z2: torch.Tensor, temperature: float = 0.5) -> torch.Tensor:
    """z1, z2: (N, D), row i of both from the same image. Returns a scalar."""
    raise NotImplementedError


def retrieval_accuracy(z1: torch.Tensor, z2: torch.Tensor) -> torch.Tensor:
    """z1, z2: (N, D). Returns a scalar between 0 and 1."""
    raise NotImplementedError
