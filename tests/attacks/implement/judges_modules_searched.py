# attack: looks for the checks and the solution among the loaded modules
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import sys

import torch


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    for name, module in list(sys.modules.items()):
        found = getattr(module, "focal_loss", None)
        if found is not None and found is not focal_loss:
            return found(logits, targets, alpha, gamma, reduction)
    for name in ("solution", "checks", "reference"):
        try:
            return __import__(name).focal_loss(logits, targets, alpha, gamma, reduction)
        except ImportError:
            pass
    return torch.zeros(())
