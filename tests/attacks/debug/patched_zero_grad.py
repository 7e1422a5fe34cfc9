# attack: zero_grad clears nothing
# expect: not passed
# exercise: spiral-classifier
# base: solution; the attack itself plants missing-zero-grad
# place: before

import torch

torch.optim.Optimizer.zero_grad = lambda self, set_to_none=True: None
torch.nn.Module.zero_grad = lambda self, set_to_none=True: None
