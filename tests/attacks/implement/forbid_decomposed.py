# attack: lets the operator decompose itself
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import torch


def normalise(x, shape, weight, bias, eps):
    return torch.ops.aten.layer_norm.default.decompose(x, shape, weight, bias, eps)
