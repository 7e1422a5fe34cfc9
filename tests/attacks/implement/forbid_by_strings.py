# attack: puts the name together from pieces
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import importlib

import torch


def normalise(x, shape, weight, bias, eps):
    module = importlib.import_module(".".join(["torch", "nn", "func" + "tional"]))
    return getattr(getattr(module, "layer" + "_norm"), "__call__")(x, shape, weight, bias, eps)
