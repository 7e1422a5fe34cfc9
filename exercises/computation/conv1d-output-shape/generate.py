"""Output shape of a Conv1d: the layer runs on a tensor without memory."""

from torch import nn

from torchdojo.domain.asking import shape
from torchdojo.judge.computing.formulas import window, window_text
from torchdojo.judge.computing.measuring import blank, shape_of


def question(rng, level):
    batch, channels, out = rng.choice([1, 4, 8, 16, 32]), rng.choice([1, 4, 16, 64]), rng.choice([8, 32, 128])
    length, kernel = rng.randint(40, 400), rng.choice([3, 5, 7, 9])
    stride = rng.choice([1, 2, 3]) if level > 1 else 1
    padding = rng.randint(0, kernel // 2)
    dilation = rng.choice([1, 2, 4]) if level > 2 else 1
    layer = nn.Conv1d(channels, out, kernel, stride, padding, dilation, device="meta")
    size = window(length, kernel, stride, padding, dilation)
    return shape(
        f"`nn.Conv1d({channels}, {out}, kernel_size={kernel}, stride={stride}, padding={padding}, dilation={dilation})` "
        f"gets a tensor of shape `({batch}, {channels}, {length})`. What is the shape of its output?",
        answer=shape_of(lambda: layer(blank(batch, channels, length))),
        formula=(batch, out, size),
        working=f"Length: {window_text(length, kernel, stride, padding, dilation)}.\n\n"
        f"The channels are `out_channels`, so the shape is ({batch}, {out}, {size}).",
        parts=("batch", "channels", "length"),
        mistakes=[
            ((batch, out, window(length, kernel, stride, 0, dilation)), "the padding is left out"),
            ((batch, out, window(length, kernel, stride, padding)), "the dilation is left out"),
            ((batch, out, window(length, kernel, 1, padding, dilation)), "the stride is left out"),
            ((batch, out, size - 1), "the 1 at the end of the formula is forgotten"),
            ((batch, channels, size), "the input's channels are kept"),
            ((batch, out, length), "the size is taken to stay the same"),
        ],
    )
