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
    raise NotImplementedError
