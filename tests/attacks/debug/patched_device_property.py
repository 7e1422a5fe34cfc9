# attack: tensors say that they are on the accelerator
# expect: not passed
# exercise: spiral-classifier
# base: solution with hardcoded-cpu
# place: before

import torch

torch.Tensor.device = property(lambda self: torch.device("cuda", 0))
torch.Tensor.is_cuda = property(lambda self: True)
