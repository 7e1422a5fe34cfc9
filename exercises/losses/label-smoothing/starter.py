import torch


def smooth_labels(targets: torch.Tensor, classes: int, smoothing: float = 0.1) -> torch.Tensor:
    """targets: (...) integer. Returns (..., classes) float32."""
    raise NotImplementedError


def label_smoothing_loss(
    logits: torch.Tensor,
    targets: torch.Tensor,
    smoothing: float = 0.1,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> torch.Tensor:
    """logits: (N, K, ...); targets: (N, ...). Returns a scalar, or (N, ...) for "none"."""
    raise NotImplementedError
