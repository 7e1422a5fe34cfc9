# style: takes planes for the width of the result
# verdict: wrong_answer
# caught by: test_expansion_widens_the_input_of_later_blocks
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
    out_channels = planes
    layers = [block(in_channels, planes, stride)]  # in_channels -> out_channels
    for _ in range(num_blocks - 1):
        layers.append(block(out_channels, planes, 1))  # out_channels -> out_channels
    return nn.Sequential(*layers)
