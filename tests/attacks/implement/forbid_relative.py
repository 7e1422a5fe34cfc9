# attack: reaches the same arithmetic through a relative that is forbidden too
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import torch


def normalise(x, shape, weight, bias, eps):
    rows = x.reshape(1, -1, *shape)
    normal = torch.ops.aten.native_batch_norm(rows, None, None, None, None, True, 0.0, eps)[0]
    return normal.reshape(x.shape) * weight + bias
