import torch


def triplet_loss(
    anchor: torch.Tensor,
    positive: torch.Tensor,
    negative: torch.Tensor,
    margin: float = 1.0,
) -> torch.Tensor:
    """Mean over triplets. anchor, positive, negative: (N, D). Returns a scalar."""
    raise NotImplementedError


def batch_hard_triplet_loss(
    embeddings: torch.Tensor,
    labels: torch.Tensor,
    margin: float = 1.0,
) -> torch.Tensor:
    """Farthest positive against nearest negative. embeddings: (N, D); labels: (N,). Returns a scalar."""
    raise NotImplementedError
