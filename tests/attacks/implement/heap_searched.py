# attack: looks for the solution, the checks and the canary among all objects
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import gc
import types

import torch


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and thing.__name__ == "focal_loss" and thing is not focal_loss:
            return thing(logits, targets, alpha, gamma, reduction)
        if isinstance(thing, (dict, list)) and len(thing) < 10_000 and "canary" in repr(thing):
            print(repr(thing))
    return torch.zeros(())
