# attack: replaces what counts forbidden calls in every module and class it can name
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import sys

import torch.nn.functional as F


def subclasses(kind):
    for child in type.__subclasses__(kind):
        yield child
        yield from subclasses(child)


for kind in subclasses(object):
    if str(kind.__module__).startswith("torchdojo"):
        for name in ("taken", "called", "send", "tell", "alarm", "handed"):
            if callable(kind.__dict__.get(name)) and kind.__name__ not in ("Channel",):
                setattr(kind, name, lambda *_, **__: [])
for name, module in list(sys.modules.items()):
    if name.startswith("torchdojo"):
        for attribute in ("signature", "watch_calls", "_frame_at", "is_library"):
            if hasattr(module, attribute) and attribute != "signature":
                setattr(module, attribute, lambda *_, **__: None)


def normalise(x, shape, weight, bias, eps):
    return F.layer_norm(x, shape, weight, bias, eps)
