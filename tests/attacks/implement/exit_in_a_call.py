# attack: leaves with status 0 when it is called
# expect: not passed
# exercise: losses/focal-loss
# base: solution
# place: after

import sys

_right = focal_loss


def focal_loss(*args, **kwargs):
    sys.exit(0)
