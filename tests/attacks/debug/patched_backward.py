# attack: Tensor.backward does nothing
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import torch

torch.Tensor.backward = lambda self, *rest, **more: None
torch.autograd.backward = lambda *rest, **more: None
