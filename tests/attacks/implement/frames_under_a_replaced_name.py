# attack: searches the heap with code whose file name was replaced by one of torch
# expect: forbidden
# exercise: losses/focal-loss
# base: solution
# place: before

import torch


def search():
    import gc

    return gc.get_objects()


replaced = search.__code__.replace(co_filename=torch.__file__)
(lambda: 0).__class__(replaced, {"__builtins__": __builtins__})()
