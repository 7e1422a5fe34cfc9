# attack: calls the operator beneath vmap
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import torch


def normalise(x, shape, weight, bias, eps):
    call = lambda row: torch.ops.aten.layer_norm.default(row, shape, weight, bias, eps)
    return torch.vmap(call)(x.reshape(-1, *shape)).reshape(x.shape)
