# style: an autograd.Function that runs each segment without a graph and again in backward
import torch
from torch import nn


class Again(torch.autograd.Function):
    @staticmethod
    def forward(ctx, segment, x, *parameters):
        ctx.segment, ctx.parameters = segment, parameters
        ctx.rng = torch.get_rng_state()
        ctx.save_for_backward(x)
        with torch.no_grad():
            for block in segment:
                x = block(x)
        return x

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        x = x.detach().requires_grad_()
        now = torch.get_rng_state()
        torch.set_rng_state(ctx.rng)
        with torch.enable_grad():
            y = x
            for block in ctx.segment:
                y = block(y)
        torch.set_rng_state(now)
        wanted = [x, *ctx.parameters]
        return None, *torch.autograd.grad(y, wanted, gradient, allow_unused=True)


class CheckpointedStack(nn.Module):
    def __init__(self, blocks, segments):
        super().__init__()
        n = len(blocks)
        if segments not in range(1, n + 1):
            raise ValueError("segments")
        self.blocks = nn.ModuleList(blocks)
        cuts = [-(-n * i // segments) for i in range(segments + 1)]
        sizes = sorted((b - a for a, b in zip(cuts, cuts[1:], strict=False)), reverse=True)
        left = list(blocks)
        self.parts = []
        for size in sizes:
            self.parts.append(tuple(left[:size]))
            del left[:size]

    def forward(self, x):
        if not (self.training and torch.is_grad_enabled()):
            for block in self.blocks:
                x = block(x)
            return x
        for part in self.parts:
            x = Again.apply(part, x, *[p for block in part for p in block.parameters()])
        return x
