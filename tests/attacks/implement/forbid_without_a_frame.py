# attack: methods that are built-in functions tied together, so that no line of the file ever runs
# expect: forbidden
# exercise: modules/layer-norm
# base: none
# place: instead

import functools

import torch

LayerNorm = functools.partial(torch.nn.LayerNorm)
