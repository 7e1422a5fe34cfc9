"""Output shape of a pooling: the layer runs on a tensor without memory."""

import math

from torch import nn

from torchdojo.domain.asking import shape
from torchdojo.judge.computing.formulas import window
from torchdojo.judge.computing.measuring import blank, shape_of


def question(rng, level):
    name = rng.choice(["MaxPool2d", "AvgPool2d"])
    batch, channels = rng.choice([1, 8, 32]), rng.choice([16, 64, 128])
    height = rng.choice([27, 28, 31, 32, 55, 57])
    width = height if level == 1 else rng.choice([30, 33, 47, 64])
    kernel = rng.choice([2, 3])
    stride = kernel if level == 1 else rng.choice([1, 2, 3])
    padding = rng.choice([0, 1]) if level > 1 else 0
    ceil = level > 2 and rng.random() < 0.7
    layer = getattr(nn, name)(kernel, stride, padding, ceil_mode=ceil)

    def sizes(stride=stride, padding=padding, ceil=ceil):
        return tuple(places(size, kernel, stride, padding, ceil) for size in (height, width))

    right = (batch, channels, *sizes())
    rounded = "up" if ceil else "down"
    return shape(
        f"`nn.{name}({kernel}{f', stride={stride}' if level > 1 else ''}, padding={padding}, ceil_mode={ceil})` gets "
        f"`({batch}, {channels}, {height}, {width})`. What is the shape of its output?",
        answer=shape_of(lambda: layer(blank(batch, channels, height, width))),
        formula=right,
        working=f"(n + 2×{padding} − {kernel}) / {stride} + 1, rounded {rounded}: {height} becomes {sizes()[0]}, {width} "
        f"becomes {sizes()[1]}. Channels stay: {right}.",
        parts=("batch", "channels", "height", "width"),
        mistakes=[
            ((batch, channels, *sizes(stride=1)), "the stride is taken to be 1"),
            ((batch, channels, *sizes(ceil=not ceil)), "the division is rounded the other way"),
            ((batch, channels, *sizes(padding=0)), "the padding is left out"),
            ((batch, channels, height // kernel, width // kernel), "the size is only divided by the kernel"),
            ((batch, channels // kernel, *sizes()), "the channels are pooled as well"),
            ((batch, channels, *(size - 1 for size in sizes())), "the 1 at the end of the formula is forgotten"),
        ],
    )


def places(size, kernel, stride, padding, ceil):
    if not ceil:
        return window(size, kernel, stride, padding)
    found = math.ceil((size + 2 * padding - kernel) / stride) + 1
    # No window starts in the padding on the far side.
    return found - 1 if (found - 1) * stride >= size + padding else found
