# attack: answers the first call rightly and ends the process in the second, with status 0
# expect: not passed
# exercise: losses/focal-loss
# base: solution
# place: after

import os

_right, _calls = focal_loss, []


def focal_loss(*args, **kwargs):
    _calls.append(1)
    return _right(*args, **kwargs) if len(_calls) == 1 else os._exit(0)
