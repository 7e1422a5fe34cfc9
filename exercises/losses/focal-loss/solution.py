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
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction must be mean, sum or none, not {reduction!r}")
    targets = targets.to(logits.dtype)  # (...)
    cross_entropy = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")  # (...)  -log p_t
    signed = torch.where(targets == 1, logits, -logits)  # (...)  p_t = sigmoid(signed)
    loss = torch.sigmoid(-signed) ** gamma * cross_entropy  # (...)  1 - p_t without subtracting from 1
    if alpha is not None:
        loss = torch.where(targets == 1, alpha, 1 - alpha) * loss  # (...)
    if reduction == "mean":
        return loss.mean()  # ()
    if reduction == "sum":
        return loss.sum()  # ()
    return loss  # (...)
