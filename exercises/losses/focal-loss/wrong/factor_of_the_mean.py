# style: turns down the mean loss instead of each element
# verdict: wrong_answer
# caught by: test_easy_elements_are_turned_down
import torch
import torch.nn.functional as F


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(reduction)
    targets = targets.to(logits.dtype)
    weight = None if alpha is None else torch.where(targets == 1, alpha, 1 - alpha)
    ce = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    p_t = torch.exp(-ce.mean())
    loss = (1 - p_t) ** gamma * (ce if weight is None else weight * ce)
    return loss if reduction == "none" else getattr(loss, reduction)()
