# attack: replaces itself in sys.modules by an object that has every attribute
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import sys


class Everything:
    def __getattr__(self, name):
        return lambda *_, **__: self

    __eq__ = lambda self, other: True
    __hash__ = object.__hash__


sys.modules[__name__] = Everything()


def __getattr__(name):
    return Everything()
