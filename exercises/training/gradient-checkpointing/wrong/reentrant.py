# style: the reentrant kind, which loses the first segment's gradients when x requires none
# verdict: wrong_answer
# caught by: test_input_without_gradient
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint, checkpoint_sequential


class CheckpointedStack(nn.Module):
    def __init__(self, blocks, segments):
        super().__init__()
        if not 1 <= segments <= len(blocks):
            raise ValueError(segments)
        self.blocks = nn.ModuleList(blocks)
        size, longer = divmod(len(blocks), segments)
        self.sizes = [size + 1] * longer + [size] * (segments - longer)

    def forward(self, x):
        start = 0
        for size in self.sizes:
            run = nn.Sequential(*self.blocks[start : start + size])
            x = checkpoint(run, x, use_reentrant=True) if self.training else run(x)
            start += size
        return x
