# attack: Tensor.item returns the tensor with its graph
# expect: not passed
# exercise: spiral-classifier
# base: solution; the attack itself plants loss-kept-with-graph
# place: before

import torch

genuine = torch.Tensor.item
torch.Tensor.item = lambda self: self if self.requires_grad else genuine(self)
