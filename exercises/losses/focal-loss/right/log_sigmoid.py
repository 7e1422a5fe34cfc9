# style: everything from logsigmoid, p_t by exponentiating, weights by arithmetic
import torch
from torch.nn.functional import logsigmoid


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    y = targets.to(logits.dtype)
    log_p_t = y * logsigmoid(logits) + (1 - y) * logsigmoid(-logits)
    log_rest = y * logsigmoid(-logits) + (1 - y) * logsigmoid(logits)
    loss = -torch.exp(gamma * log_rest) * log_p_t
    if alpha is not None:
        loss = loss * (y * alpha + (1 - y) * (1 - alpha))
    reduce = {"mean": torch.mean, "sum": torch.sum, "none": lambda x: x}
    if reduction not in reduce:
        raise ValueError(reduction)
    return reduce[reduction](loss)
