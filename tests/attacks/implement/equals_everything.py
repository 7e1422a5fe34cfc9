# attack: a tensor subclass whose every comparison is true
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import torch


class Yes(torch.Tensor):
    def __eq__(self, other):
        return torch.ones(self.shape, dtype=torch.bool)

    __ne__ = lambda self, other: torch.zeros(self.shape, dtype=torch.bool)
    __lt__ = __le__ = __gt__ = __ge__ = isclose = allclose = equal = __eq__
    __hash__ = torch.Tensor.__hash__


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    wrong = torch.zeros_like(logits) if reduction == "none" else torch.zeros(())
    return wrong.as_subclass(Yes)
