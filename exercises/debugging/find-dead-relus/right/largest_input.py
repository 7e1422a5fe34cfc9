# style: looks at what goes in instead of what comes out, and keeps the largest number per channel
import math

import torch
import torch.nn as nn


def find_dead_relus(model, batches):
    largest, handles = {}, []
    was_training = [(m, m.training) for m in model.modules()]

    def pre_hook(name):
        def look(module, inputs):
            (x,) = inputs
            top = largest.setdefault(name, [-math.inf] * x.shape[1])
            for row in x.movedim(1, 0).reshape(x.shape[1], -1).unbind(1):
                top[:] = [max(a, b) for a, b in zip(top, row.tolist(), strict=True)]

        return look

    try:
        for name, m in model.named_modules():
            if isinstance(m, nn.ReLU):
                handles.append(m.register_forward_pre_hook(pre_hook(name)))
        model.eval()
        for x in batches:
            with torch.no_grad():
                model(x)
    finally:
        [h.remove() for h in handles]
        for m, mode in was_training:
            m.training = mode
    order = [name for name, _ in model.named_modules() if name in largest]
    return {name: [c for c, top in enumerate(largest[name]) if not top > 0] for name in order}
