# attack: the optimizer shows 0.003 and steps with 0.5
# expect: not passed
# exercise: spiral-classifier
# base: solution; the attack itself plants learning-rate-too-high
# place: before

import torch

genuine_step = torch.optim.Adam.step


def step(self, closure=None):
    for group in self.param_groups:
        group["lr"] = 0.5
    try:
        return genuine_step(self, closure)
    finally:
        for group in self.param_groups:
            group["lr"] = 0.003


torch.optim.Adam.step = step
