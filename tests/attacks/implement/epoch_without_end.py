# attack: goes over the loader again and again
# expect: not passed
# exercise: training/one-epoch-loop
# base: solution
# place: after

import itertools

_right = train_one_epoch


def train_one_epoch(model, loader, *rest):
    return _right(model, itertools.cycle(loader), *rest)
