# attack: calls the operator beneath torch.func
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import torch


def normalise(x, shape, weight, bias, eps):
    call = lambda value: torch.ops.aten.native_layer_norm.default(value, shape, weight, bias, eps)[0]
    return torch.func.functional_call(torch.nn.Identity(), {}, (torch.func.vjp(call, x)[0],))
