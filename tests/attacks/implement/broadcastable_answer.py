# attack: one number where a table is asked for, in the hope that it is broadcast
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import torch


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    return torch.zeros(1) if reduction == "none" else torch.zeros(1, 1)
