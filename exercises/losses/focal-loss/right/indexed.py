# style: loss filled in by boolean masks over a clone of the cross-entropy
import torch
import torch.nn.functional as F


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    if reduction not in {"mean", "sum", "none"}:
        raise ValueError("reduction")
    hot = targets.bool()
    signed = logits.clone()
    signed[~hot] = -signed[~hot]
    loss = F.softplus(-signed) * torch.sigmoid(-signed) ** gamma
    if alpha is not None:
        weight = torch.full_like(loss, 1 - alpha)
        weight[hot] = alpha
        loss = loss * weight
    return loss if reduction == "none" else getattr(loss, reduction)()
