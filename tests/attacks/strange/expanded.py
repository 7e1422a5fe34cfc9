# attack: results with stride 0 and with strides of another order
# expect: passed
# exercise: losses/focal-loss
# base: solution
# place: after

_right = focal_loss


def focal_loss(*args, **kwargs):
    loss = _right(*args, **kwargs)
    if loss.ndim == 0:
        return loss.expand(5)[2]
    flipped = loss.permute(*reversed(range(loss.ndim))).contiguous()
    return flipped.permute(*reversed(range(loss.ndim)))
