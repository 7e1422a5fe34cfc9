# attack: no accelerator is ever found
# expect: not passed
# exercise: spiral-classifier
# base: solution; the attack itself plants hardcoded-cpu
# place: before

import torch

torch.cuda.is_available = lambda: False
torch.backends.mps.is_available = lambda: False
torch.accelerator.is_available = lambda: False
