# attack: a backward pass whose gradient does not fit its input
# expect: not passed
# exercise: losses/focal-loss
# base: solution
# place: after

_right = focal_loss


class Odd(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        return gradient * float("nan")


def focal_loss(logits, *args, **kwargs):
    return _right(Odd.apply(logits), *args, **kwargs)
