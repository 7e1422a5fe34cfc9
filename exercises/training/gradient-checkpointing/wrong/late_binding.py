# style: a function made in the loop looks up the loop variable when it runs again
# verdict: wrong_answer
# caught by: test_gradients_are_those_of_a_plain_sequence
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
            part = self.blocks[start : start + size]

            def run(x):
                for block in part:
                    x = block(x)
                return x

            x = checkpoint(run, x, use_reentrant=False) if self.training else run(x)
            start += size
        return x
