# style: closures that bind their segment, cut by tensor_split
import torch
import torch.utils.checkpoint
from torch import nn


class CheckpointedStack(nn.Module):
    def __init__(self, blocks, segments):
        super().__init__()
        if segments < 1 or segments > len(blocks):
            raise ValueError(segments)
        self.blocks = nn.ModuleList(blocks)
        self.groups = [part.tolist() for part in torch.arange(len(blocks)).tensor_split(segments)]

    def forward(self, x):
        for group in self.groups:

            def run(x, group=tuple(group)):
                for index in group:
                    x = self.blocks[index](x)
                return x

            again = self.training and torch.is_grad_enabled()
            x = torch.utils.checkpoint.checkpoint(run, x, use_reentrant=False) if again else run(x)
        return x
