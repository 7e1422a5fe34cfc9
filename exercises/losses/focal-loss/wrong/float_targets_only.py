# style: hands integer targets to a function that takes only floats
# verdict: runtime_error
# caught by: test_targets_of_another_dtype
import torch
import torch.nn.functional as F


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(reduction)
    ce = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    loss = torch.sigmoid(torch.where(targets == 1, -logits, logits)) ** gamma * ce
    if alpha is not None:
        loss = torch.where(targets == 1, alpha, 1 - alpha) * loss
    return loss if reduction == "none" else getattr(loss, reduction)()
