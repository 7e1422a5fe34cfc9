# style: draws new random numbers for the second computation
# verdict: wrong_answer
# caught by: test_dropout_repeats_itself
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
            x = checkpoint(run, x, use_reentrant=False, preserve_rng_state=False) if self.training else run(x)
            start += size
        return x
