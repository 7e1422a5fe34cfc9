# attack: calls itself until the stack ends
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import sys

sys.setrecursionlimit(10**9)


def focal_loss(*args, **kwargs):
    return focal_loss(*args, **kwargs)
