# style: a Sequential that grows by add_module, state carried from block to block, arguments by name
from torch import nn


def make_layer(block, in_channels, planes, num_blocks, stride=1):
    if not num_blocks > 0:
        raise ValueError("at least one block")
    try:
        wide = block.expansion * planes
    except AttributeError:
        wide = planes
    stage = nn.Sequential()
    while len(stage) < num_blocks:
        stage.add_module(str(len(stage)), block(in_channels=in_channels, planes=planes, stride=stride))
        in_channels, stride = wide, 1
    return stage
