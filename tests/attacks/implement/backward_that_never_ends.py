# attack: a hook on the gradient that never returns
# expect: not passed
# exercise: losses/focal-loss
# base: solution
# place: after

_right = focal_loss


def _never(gradient):
    while True:
        pass


def focal_loss(*args, **kwargs):
    loss = _right(*args, **kwargs)
    if loss.requires_grad:
        loss.register_hook(_never)
    return loss
