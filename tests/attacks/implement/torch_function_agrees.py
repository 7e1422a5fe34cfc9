# attack: a tensor subclass that answers every torch function as the check would like it
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import torch


class Agreeing(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        if name in ("isclose", "eq", "isfinite"):
            return torch.tensor(True)
        if name in ("allclose", "equal"):
            return True
        with torch._C.DisableTorchFunctionSubclass():
            return func(*args, **(kwargs or {}))


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    wrong = torch.zeros_like(logits) if reduction == "none" else torch.zeros(())
    return wrong.as_subclass(Agreeing)
