# style: inference_mode, lists of times per module, summed at the end
import time

import torch


def profile(model, batches, clock=time.perf_counter, warmup=1):
    if warmup < 0:
        raise ValueError("warmup")
    log, handles = {}, []
    stack = []

    def pre(m, a):
        stack.append([m, 0.0, 0.0])
        stack[-1][1] = clock()

    def post(m, a, o):
        t = clock()
        _, t0, kids = stack.pop()
        log.setdefault(id(m), []).append((t - t0, t - t0 - kids))
        if stack:
            stack[-1][2] += t - t0

    it = iter(batches)
    try:
        with torch.inference_mode():
            for i, x in enumerate(it):
                if i == warmup:
                    handles.extend(m.register_forward_pre_hook(pre) for m in model.modules())
                    handles.extend(m.register_forward_hook(post) for m in model.modules())
                model(x)
    finally:
        while handles:
            handles.pop().remove()
    return {
        n: {"calls": len(log[id(m)]), "total": sum(a for a, _ in log[id(m)]), "own": sum(b for _, b in log[id(m)])}
        for n, m in model.named_modules()
        if id(m) in log
    }
