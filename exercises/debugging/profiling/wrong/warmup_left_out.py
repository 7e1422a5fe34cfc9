# style: leaves the first batches out altogether
# verdict: wrong_answer
# caught by: test_warmup_is_not_measured
import time
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn


def profile(
    model: nn.Module,
    batches: Iterable[torch.Tensor],
    clock: Callable[[], float] = time.perf_counter,
    warmup: int = 1,
) -> dict[str, dict[str, Any]]:
    """Calls, total time and own time of each module over all batches but the first `warmup`.

    clock: gives the time in seconds.
    """
    if warmup < 0:
        raise ValueError("warmup must not be negative")
    found: dict[nn.Module, dict[str, Any]] = {}
    running: list[list[float]] = []  # of each call that is not done: its start, and the time spent in its children

    def start(module: nn.Module, inputs: tuple) -> None:
        running.append([0.0, 0.0])
        running[-1][0] = clock()  # last: nothing of ours is measured

    def end(module: nn.Module, inputs: tuple, output: Any) -> None:
        now = clock()  # first
        began, in_children = running.pop()
        total = now - began
        if running:
            running[-1][1] += total  # the caller spent it in a child
        entry = found.setdefault(module, {"calls": 0, "total": 0.0, "own": 0.0})
        entry["calls"] += 1
        entry["total"] += total
        entry["own"] += total - in_children

    hooks: list[Any] = []
    try:
        with torch.no_grad():
            for number, x in enumerate(batches):
                if number == warmup:
                    for module in model.modules():
                        hooks += [module.register_forward_pre_hook(start), module.register_forward_hook(end)]
                if number >= warmup:
                    model(x)
    finally:
        for hook in hooks:
            hook.remove()
    return {name: found[module] for name, module in model.named_modules() if module in found}
