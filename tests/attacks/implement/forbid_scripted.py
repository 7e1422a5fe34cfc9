# attack: calls the built-in from a scripted function
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import warnings
from typing import List

import torch

warnings.simplefilter("ignore")
UNIT = torch.jit.CompilationUnit(
    "def norm(x: Tensor, shape: List[int], w: Tensor, b: Tensor, eps: float) -> Tensor:\n"
    "    return torch.ops.aten.layer_norm(x, shape, w, b, eps)\n"
)


def normalise(x, shape, weight, bias, eps):
    return UNIT.norm(x, list(shape), weight, bias, eps)
