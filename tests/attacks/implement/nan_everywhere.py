# attack: NaN compares as neither larger nor smaller than any tolerance
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import torch


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError
    return (logits if reduction == "none" else logits.sum()) * float("nan")
