# attack: returns a generator that never ends
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import itertools


def focal_loss(*args, **kwargs):
    return (number for number in itertools.count())
