# attack: an object that has every attribute of a tensor and agrees with everything
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import torch


class Agreeable:
    dtype, requires_grad, grad, is_leaf = torch.float32, False, None, True
    __class__ = torch.Tensor

    def __init__(self, shape):
        self.shape = shape

    def __getattr__(self, name):
        return lambda *_, **__: self

    def _yes(self, *_):
        return True

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __contains__ = _yes
    __len__ = __index__ = lambda self: 1
    __hash__ = object.__hash__


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    return Agreeable(logits.shape if reduction == "none" else torch.Size([]))
