from collections.abc import Iterable

import torch
from torch import nn


def find_dead_relus(model: nn.Module, batches: Iterable[torch.Tensor]) -> dict[str, list[int]]:
    """The channels of each nn.ReLU that give nothing above 0 for any of the batches.

    batches: inputs of the model. A ReLU's output has shape (n, c, ...); c are its channels.
    Returns the dead channels by the module's name, for each ReLU that ran.
    """
    raise NotImplementedError
