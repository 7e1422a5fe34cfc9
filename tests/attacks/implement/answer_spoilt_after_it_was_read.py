# attack: keeps every answer and spoils all of them at the next call, the new one included
# expect: not passed
# exercise: losses/focal-loss
# base: solution
# place: after

_right, _made = focal_loss, []


def focal_loss(*args, **kwargs):
    _made.append(_right(*args, **kwargs).detach())
    for answer in _made:
        answer.zero_()
    return _made[-1]
