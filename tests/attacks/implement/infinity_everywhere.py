# attack: infinity, in the hope of an infinite tolerance
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import torch


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError
    shape = logits.shape if reduction == "none" else ()
    return torch.full(shape, float("inf"))
