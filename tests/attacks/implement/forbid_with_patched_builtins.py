# attack: replaces the functions of Python that a watcher would use
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import builtins
import sys

import torch.nn.functional as F


def normalise(x, shape, weight, bias, eps):
    kept = builtins.isinstance, builtins.str, builtins.next, builtins.getattr
    builtins.isinstance = lambda *_: False
    builtins.next = lambda *_: 10**6
    builtins.str = lambda *_: ""
    try:
        return F.layer_norm(x, shape, weight, bias, eps)
    finally:
        builtins.isinstance, builtins.str, builtins.next, builtins.getattr = kept
