# style: keeps all activations and runs the segments a second time for nothing
# verdict: wrong_answer
# caught by: test_only_segment_inputs_are_kept
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
            x_in = x.detach()
            for block in part:
                x = block(x)
            if self.training and x.requires_grad:

                def show(gradient, part=part, x_in=x_in):
                    with torch.no_grad():
                        for block in part:
                            block(x_in)

                x.register_hook(show)
            start += size
        return x
