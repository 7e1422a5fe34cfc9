"""Output shape of a Conv2d: the layer runs on a tensor without memory."""

from torch import nn

from torchdojo.domain.asking import shape
from torchdojo.judge.computing.formulas import window, window_text
from torchdojo.judge.computing.measuring import blank, shape_of


def question(rng, level):
    batch, channels, out = rng.choice([1, 8, 16, 32]), rng.choice([1, 3, 16, 64]), rng.choice([8, 32, 64, 128])
    height = rng.choice([28, 32, 56, 63, 224])
    width = height if level == 1 else rng.choice([30, 48, 64, 97])
    kernel, stride = rng.choice([3, 5, 7]), rng.choice([1, 2, 3, 4])
    padding = rng.randint(0, kernel // 2)
    dilation = rng.choice([1, 2, 3]) if level > 2 else 1
    layer = nn.Conv2d(channels, out, kernel, stride, padding, dilation, device="meta")

    def sizes(kernel=kernel, stride=stride, padding=padding, dilation=dilation):
        return tuple(window(size, kernel, stride, padding, dilation) for size in (height, width))

    return shape(
        f"`nn.Conv2d({channels}, {out}, kernel_size={kernel}, stride={stride}, padding={padding}, dilation={dilation})` "
        f"gets images of shape `({batch}, {channels}, {height}, {width})`. What is the shape of its output?",
        answer=shape_of(lambda: layer(blank(batch, channels, height, width))),
        formula=(batch, out, *sizes()),
        working=f"Height: {window_text(height, kernel, stride, padding, dilation)}.\n\n"
        f"Width: {window_text(width, kernel, stride, padding, dilation)}.\n\n"
        f"The channels are `out_channels`, so the shape is {(batch, out, *sizes())}.",
        parts=("batch", "channels", "height", "width"),
        mistakes=[
            ((batch, out, *sizes(padding=0)), "the padding is left out"),
            ((batch, out, *sizes(dilation=1)), "the dilation is left out"),
            ((batch, out, *sizes(stride=1)), "the stride is left out"),
            ((batch, out, *(size - 1 for size in sizes())), "the 1 at the end of the formula is forgotten"),
            ((batch, channels, *sizes()), "the input's channels are kept"),
            ((batch, out, height, width), "the size is taken to stay the same"),
        ],
    )
