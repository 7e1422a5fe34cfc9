# style: computes again in evaluation mode too
# verdict: wrong_answer
# caught by: test_evaluation_computes_once
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
            x = checkpoint(nn.Sequential(*self.blocks[start : start + size]), x, use_reentrant=False)
            start += size
        return x
