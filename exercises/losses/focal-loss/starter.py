import torch
import torch.nn.functional as F


def focal_loss(
    logits: torch.Tensor,
    targets: torch.Tensor,
    alpha: float | None = 0.25,
    gamma: float = 2.0,
    reduction: str = "mean",
) -> torch.Tensor:
    """Binary focal loss.

    logits: (...) raw scores; targets: (...) of the same shape, 0 or 1, float or integer.
    alpha: weight of the positive class (1 - alpha for the negative), None for no weighting.
    reduction: "mean", "sum", or "none" for a loss of shape (...).
    """
    raise NotImplementedError
