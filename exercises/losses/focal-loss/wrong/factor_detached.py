# style: computes the modulating factor under no_grad, as if it were a constant weight
# verdict: wrong_answer
# caught by: test_gradients_reach_the_logits
import torch
import torch.nn.functional as F


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(reduction)
    targets = targets.to(logits.dtype)
    ce = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    with torch.no_grad():
        factor = torch.sigmoid(torch.where(targets == 1, -logits, logits)) ** gamma
        if alpha is not None:
            factor = factor * torch.where(targets == 1, alpha, 1 - alpha)
    loss = factor * ce
    return loss if reduction == "none" else getattr(loss, reduction)()
