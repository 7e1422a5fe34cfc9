# attack: Module.eval leaves training mode on
# expect: not passed
# exercise: spiral-classifier
# base: solution; the attack itself plants missing-eval-mode
# place: before

import torch

torch.nn.Module.eval = lambda self: self.train(True)
