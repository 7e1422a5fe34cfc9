# attack: returns more than fits into an answer
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import torch

made = []


def focal_loss(*args, **kwargs):
    made.append(1)
    return torch.zeros(300 << 20, dtype=torch.uint8) if len(made) == 1 else None
