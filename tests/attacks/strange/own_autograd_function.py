# attack: a custom autograd function, twice differentiable or not
# expect: passed
# exercise: losses/focal-loss
# base: solution
# place: after

_right = focal_loss


class Through(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)

    @staticmethod
    def backward(ctx, gradient):
        return gradient.clone()


def focal_loss(logits, *args, **kwargs):
    return Through.apply(_right(Through.apply(logits), *args, **kwargs))
