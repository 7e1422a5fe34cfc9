# attack: takes the function from torch._VF
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import torch


def normalise(x, shape, weight, bias, eps):
    return torch._VF.layer_norm(x, shape, weight, bias, eps)
