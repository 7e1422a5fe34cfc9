# style: positives and negatives computed apart with softplus, then added
import torch
import torch.nn.functional as F


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    positive_weight, negative_weight = (1.0, 1.0) if alpha is None else (alpha, 1.0 - alpha)
    positive = positive_weight * torch.sigmoid(-logits).pow(gamma) * F.softplus(-logits)
    negative = negative_weight * torch.sigmoid(logits).pow(gamma) * F.softplus(logits)
    is_positive = targets.bool()
    loss = positive * is_positive + negative * ~is_positive
    match reduction:
        case "none":
            return loss
        case "sum":
            return loss.sum()
        case "mean":
            return loss.sum() / loss.numel()
        case _:
            raise ValueError(f"unknown reduction {reduction}")
