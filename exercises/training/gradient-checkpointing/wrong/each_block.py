# style: checkpoints every block instead of every segment
# verdict: wrong_answer
# caught by: test_segments_are_computed_again
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
        for block in self.blocks:
            x = checkpoint(block, x, use_reentrant=False) if self.training else block(x)
        return x
