# attack: ends the process in the backward pass
# expect: not passed
# exercise: losses/focal-loss
# base: solution
# place: after

import os

_right = focal_loss


class Leave(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        os._exit(0)


def focal_loss(*args, **kwargs):
    return Leave.apply(_right(*args, **kwargs))
