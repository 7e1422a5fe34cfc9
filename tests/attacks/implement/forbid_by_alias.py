# attack: the built-in itself under the name that is asked for
# expect: forbidden
# exercise: modules/layer-norm
# base: none
# place: instead

from torch.nn import LayerNorm
