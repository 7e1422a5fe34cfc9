# style: copies one block, weights included
# verdict: wrong_answer
# caught by: test_blocks_share_nothing
import copy
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
    if num_blocks < 1:
        raise ValueError(f"a stage needs at least one block, not {num_blocks}")
    out_channels = planes * getattr(block, "expansion", 1)
    layers = [block(in_channels, planes, stride)]  # in_channels -> out_channels
    if num_blocks > 1:
        second = block(out_channels, planes, 1)
        layers += [copy.deepcopy(second) for _ in range(num_blocks - 1)]
    return nn.Sequential(*layers)
