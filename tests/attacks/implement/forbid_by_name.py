# attack: calls the built-in under its own name
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import torch.nn.functional as F


def normalise(x, shape, weight, bias, eps):
    return F.layer_norm(x, shape, weight, bias, eps)
