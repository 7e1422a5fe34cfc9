# attack: gives the recorder's functions other code objects
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import gc
import types


def nothing(*_, **__):
    return None


for thing in gc.get_objects():
    if isinstance(thing, types.FunctionType) and "torchdojo" in (thing.__module__ or ""):
        try:
            thing.__code__ = nothing.__code__
        except ValueError:
            pass
