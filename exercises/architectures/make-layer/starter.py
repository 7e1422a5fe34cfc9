from collections.abc import Callable

from torch import nn


def make_layer(
    block: Callable[[int, int, int], nn.Module],
    in_channels: int,
    planes: int,
    num_blocks: int,
    stride: int = 1,
) -> nn.Sequential:
    """A stage: (n, in_channels, h, w) -> (n, planes * expansion, h / stride, w / stride)"""
    raise NotImplementedError
