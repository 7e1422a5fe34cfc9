# style: lists of widths and strides, zipped
from torch import nn


def make_layer(block, in_channels, planes, num_blocks, stride=1):
    if num_blocks < 1:
        raise ValueError("num_blocks")
    expansion = block.expansion if hasattr(block, "expansion") else 1
    inputs = [in_channels] + [planes * expansion] * (num_blocks - 1)
    strides = [stride] + [1] * (num_blocks - 1)
    return nn.Sequential(*(block(i, planes, s) for i, s in zip(inputs, strides)))
