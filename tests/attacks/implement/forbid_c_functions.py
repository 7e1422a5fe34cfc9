# attack: takes the function from the table of C functions
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import torch


def normalise(x, shape, weight, bias, eps):
    return torch._C._VariableFunctions.layer_norm(x, shape, weight, bias, eps)
