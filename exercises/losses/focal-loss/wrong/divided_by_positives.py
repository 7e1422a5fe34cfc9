# style: the mean divides by the number of positives, as detection papers report it
# verdict: wrong_answer
# caught by: test_reduction
import torch
import torch.nn.functional as F


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(reduction)
    targets = targets.to(logits.dtype)
    ce = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    loss = torch.sigmoid(torch.where(targets == 1, -logits, logits)) ** gamma * ce
    if alpha is not None:
        loss = torch.where(targets == 1, alpha, 1 - alpha) * loss
    if reduction == "none":
        return loss
    return loss.sum() if reduction == "sum" else loss.sum() / targets.sum().clamp(min=1)
