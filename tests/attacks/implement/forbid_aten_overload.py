# attack: calls one overload of the operator behind the function
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import torch


def normalise(x, shape, weight, bias, eps):
    return torch.ops.aten.layer_norm.default(x, shape, weight, bias, eps)
