# attack: puts a kernel of its own over the watched one
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import torch

library = torch._C._dispatch_library("IMPL", "aten", "", "attack", 1)
beneath = torch.ops.aten.layer_norm.default._op_dk
for key in ("AutogradCPU", "CPU"):
    library.impl("layer_norm", key, lambda keys, *args: beneath(torch._C.DispatchKey.CompositeImplicitAutograd, *args), True)


def normalise(x, shape, weight, bias, eps):
    return torch.ops.aten.layer_norm(x, shape, weight, bias, eps)
