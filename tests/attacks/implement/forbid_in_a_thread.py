# attack: calls the built-in from a thread that runs nothing of its own
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import concurrent.futures

import torch

POOL = concurrent.futures.ThreadPoolExecutor(1)


def normalise(x, shape, weight, bias, eps):
    return POOL.submit(torch.ops.aten.layer_norm, x, shape, weight, bias, eps).result()
