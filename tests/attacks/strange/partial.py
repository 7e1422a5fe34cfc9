# attack: functools.partial around a cached closure
# expect: passed
# exercise: losses/focal-loss
# base: solution
# place: after

import functools


def _made(function):
    @functools.lru_cache(maxsize=None)
    def power():
        return function

    def call(*args, **kwargs):
        return power()(*args, **kwargs)

    return call


focal_loss = functools.partial(_made(focal_loss))
