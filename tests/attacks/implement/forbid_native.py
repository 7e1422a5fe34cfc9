# attack: calls the C entry beneath the built-in
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import torch


def normalise(x, shape, weight, bias, eps):
    return torch.native_layer_norm(x, shape, weight, bias, eps)[0]
