# attack: a class that is the built-in but for its name
# expect: not passed
# exercise: modules/layer-norm
# base: none
# place: instead

from torch import nn


class LayerNorm(nn.LayerNorm):
    pass
