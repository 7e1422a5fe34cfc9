# style: partial and reduce over cut points
from functools import partial, reduce

import torch
import torch.utils.checkpoint as C
from torch import nn


class CheckpointedStack(nn.Module):
    def __init__(self, blocks, segments):
        super().__init__()
        n = len(blocks)
        if segments not in range(1, n + 1):
            raise ValueError("segments")
        self.blocks = nn.ModuleList()
        self.blocks.extend(blocks)
        self.cuts = [-(-i * n // segments) for i in range(segments + 1)]
        self.cuts = [sum(n // segments + (j < n % segments) for j in range(i)) for i in range(segments + 1)]

    def part(self, a, b, x):
        return reduce(lambda h, m: m(h), list(self.blocks)[a:b], x)

    def forward(self, x):
        for a, b in zip(self.cuts, self.cuts[1:]):
            f = partial(self.part, a, b)
            x = C.checkpoint(f, x, use_reentrant=False) if self.training and torch.is_grad_enabled() else f(x)
        return x
