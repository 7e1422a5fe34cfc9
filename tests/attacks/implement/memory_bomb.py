# attack: takes memory while it gets any
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import torch

kept = []
while True:
    kept.append(torch.empty(1 << 28))
