# attack: returns the input itself, zeroed, in the hope that the expected value follows
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import torch


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    with torch.no_grad():
        logits.zero_()
        targets.zero_()
        logits.set_(torch.zeros(1 << 20).untyped_storage(), 0, logits.shape)
    return logits if reduction == "none" else logits.sum()
