# style: hooks only write a log of readings; all arithmetic happens afterwards
import time
from contextlib import ExitStack
from itertools import islice

import torch


def profile(model, batches, clock=time.perf_counter, warmup=1):
    if warmup < 0:
        raise ValueError(f"warmup={warmup}")
    log = []
    source = iter(batches)
    with ExitStack() as stack:
        stack.enter_context(torch.no_grad())
        for x in islice(source, warmup):
            model(x)
        for name, module in model.named_modules():
            before = module.register_forward_pre_hook(lambda m, i, name=name: log.append((name, clock())))
            after = module.register_forward_hook(lambda m, i, o: log.append((None, clock())))
            stack.callback(before.remove)
            stack.callback(after.remove)
        for x in source:
            model(x)
    report = {name: {"calls": 0, "total": 0.0, "own": 0.0} for name, _ in model.named_modules()}
    path, last = [], 0.0
    for name, now in log:
        if path:
            report[path[-1][0]]["own"] += now - last
        if name is not None:
            path.append((name, now))
            report[name]["calls"] += 1
        else:
            done, begin = path.pop()
            report[done]["total"] += now - begin
        last = now
    return {name: row for name, row in report.items() if row["calls"]}
