# attack: returns the same tensor every time, with the values of an earlier call
# expect: not passed
# exercise: losses/focal-loss
# base: solution
# place: after

_right, _known = focal_loss, {}


def focal_loss(logits, *args, **kwargs):
    return _known.setdefault(tuple(logits.shape), _right(logits, *args, **kwargs))
