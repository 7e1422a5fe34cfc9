# attack: lays a file over the socket while it calls the built-in
# expect: not passed
# exercise: modules/layer-norm
# base: built-in
# place: before

import os

import torch.nn.functional as F


def normalise(x, shape, weight, bias, eps):
    kept = {n: os.dup(n) for n in range(3, 8) if os.path.exists(f"/proc/self/fd/{n}")}
    nowhere = os.open("/dev/null", os.O_WRONLY)
    for number in kept:
        os.dup2(nowhere, number)
    try:
        return F.layer_norm(x, shape, weight, bias, eps)
    finally:
        for number, copy in kept.items():
            os.dup2(copy, number)
            os.close(copy)
        os.close(nowhere)
