"""Output shape of a ConvTranspose2d: the layer runs on a tensor without memory."""

from torch import nn

from torchdojo.domain.asking import shape
from torchdojo.judge.computing.formulas import transposed, window
from torchdojo.judge.computing.measuring import blank, shape_of


def question(rng, level):
    batch, channels, out = rng.choice([1, 4, 16]), rng.choice([16, 64, 256]), rng.choice([3, 8, 32])
    size, kernel = rng.choice([4, 7, 8, 14, 16]), rng.choice([2, 3, 4, 5])
    stride = rng.choice([2, 3]) if level > 1 else rng.choice([1, 2])
    padding = rng.randint(0, (kernel - 1) // 2)
    extra = rng.randint(0, stride - 1) if level > 1 else 0
    dilation = rng.choice([1, 2]) if level > 2 else 1
    layer = nn.ConvTranspose2d(channels, out, kernel, stride, padding, extra, dilation=dilation, device="meta")
    right = transposed(size, kernel, stride, padding, extra, dilation)

    def square(side):
        return (batch, out, side, side)

    return shape(
        f"`nn.ConvTranspose2d({channels}, {out}, kernel_size={kernel}, stride={stride}, padding={padding}, "
        f"output_padding={extra}, dilation={dilation})` gets `({batch}, {channels}, {size}, {size})`. "
        "What is the shape of its output?",
        answer=shape_of(lambda: layer(blank(batch, channels, size, size))),
        formula=square(right),
        working=f"({size} − 1)×{stride} − 2×{padding} + {dilation}×({kernel} − 1) + {extra} + 1 = {right}, for height and "
        f"width alike, so the shape is {square(right)}.",
        parts=("batch", "channels", "height", "width"),
        mistakes=[
            (square(window(size, kernel, stride, padding, dilation)), "the formula of the ordinary convolution is used"),
            (square(transposed(size, kernel, stride, padding, 0, dilation)), "the output padding is left out"),
            (square(transposed(size, kernel, stride, 0, extra, dilation)), "the padding is left out"),
            (square(transposed(size, kernel, stride, -padding, extra, dilation)), "the padding is added, not taken away"),
            (square(size * stride), "the size is only multiplied by the stride"),
            ((batch, channels, right, right), "the input's channels are kept"),
        ],
    )
