# attack: asks the dispatcher for the kernel itself
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import torch

KERNEL = torch.library.get_kernel("aten::layer_norm", "AutogradCPU")


def normalise(x, shape, weight, bias, eps):
    keys = torch._C._dispatch_keys(x)
    return KERNEL.call_boxed(keys, x, shape, weight, bias, eps)
