# attack: walks up the stack to the check that is waiting for the answer
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import sys

import torch


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    frame = sys._getframe()
    while frame is not None:
        print({name: str(value)[:200] for name, value in frame.f_locals.items()})
        for name in ("expected", "reference"):
            if name in frame.f_locals:
                return frame.f_locals[name]
        frame = frame.f_back
    return torch.zeros(())
