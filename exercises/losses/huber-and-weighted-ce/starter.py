import torch


def huber_loss(
    prediction: torch.Tensor, target: torch.Tensor, delta: float = 1.0, reduction: str = "mean"
) -> torch.Tensor:
    """prediction, target: (...). Returns a scalar, or (...) for "none"."""
    raise NotImplementedError


def balanced_weights(targets: torch.Tensor, classes: int, ignore_index: int = -100) -> torch.Tensor:
    """targets: (...) integer. Returns (classes,) float32."""
    raise NotImplementedError


def weighted_cross_entropy(
    logits: torch.Tensor,
    targets: torch.Tensor,
    weight: torch.Tensor | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> torch.Tensor:
    """logits: (N, K, ...); targets: (N, ...); weight: (K,). Returns a scalar, or (N, ...) for "none"."""
    raise NotImplementedError
