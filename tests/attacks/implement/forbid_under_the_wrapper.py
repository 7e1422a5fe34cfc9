# attack: takes what the watched function watches over
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import torch
import torch.nn.functional as F


def beneath(function):
    for name in ("_function", "__wrapped__", "func", "__func__", "__self__"):
        if callable(found := getattr(function, name, None)):
            return found
    for cell in getattr(function, "__closure__", None) or ():
        if callable(cell.cell_contents):
            return cell.cell_contents
    return function


ORIGINAL = beneath(F.layer_norm)


def normalise(x, shape, weight, bias, eps):
    return ORIGINAL(x, shape, weight, bias, eps)
