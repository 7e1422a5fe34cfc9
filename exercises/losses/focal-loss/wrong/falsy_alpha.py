# style: takes an alpha of 0 for "no weighting"
# verdict: wrong_answer
# caught by: test_alpha_weighs_the_two_classes
import torch
import torch.nn.functional as F


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(reduction)
    targets = targets.to(logits.dtype)
    ce = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    loss = torch.sigmoid(torch.where(targets == 1, -logits, logits)) ** gamma * ce
    if alpha:
        loss = torch.where(targets == 1, alpha, 1 - alpha) * loss
    return loss if reduction == "none" else getattr(loss, reduction)()
