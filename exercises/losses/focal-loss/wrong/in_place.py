# style: flips the logits of negatives in place
# verdict: wrong_answer
# caught by: test_inputs_stay_as_they_are
import torch
import torch.nn.functional as F


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(reduction)
    hot = targets.bool()
    signed = logits + 0 if logits.requires_grad else logits
    signed[~hot] = -signed[~hot]
    loss = F.softplus(-signed) * torch.sigmoid(-signed) ** gamma
    if alpha is not None:
        loss = loss * torch.where(hot, alpha, 1 - alpha)
    return loss if reduction == "none" else getattr(loss, reduction)()
