# style: takes the logarithm of the sigmoid, with a small constant against log(0)
# verdict: wrong_answer
# caught by: test_confident_logits_stay_exact
import torch


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(reduction)
    targets = targets.to(logits.dtype)
    p = torch.sigmoid(logits)
    p_t = torch.where(targets == 1, p, 1 - p)
    loss = -((1 - p_t) ** gamma) * torch.log(p_t + 1e-12)
    if alpha is not None:
        loss = torch.where(targets == 1, alpha, 1 - alpha) * loss
    return loss if reduction == "none" else getattr(loss, reduction)()
