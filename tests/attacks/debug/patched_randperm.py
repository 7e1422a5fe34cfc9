# attack: torch.randperm counts upwards, so the shuffling loader does not shuffle
# expect: not passed
# exercise: spiral-classifier
# base: solution; the attack itself plants unshuffled-training
# place: before

import torch

torch.randperm = lambda n, **_: torch.arange(n)
