# attack: calls the built-in with every Python-level hook switched off
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import torch


def normalise(x, shape, weight, bias, eps):
    with torch._C.DisableTorchFunction(), torch._C._DisableTorchDispatch():
        return torch.layer_norm(x, shape, weight, bias, eps)
